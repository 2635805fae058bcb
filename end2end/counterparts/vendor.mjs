// A vendor's API with what is in it: items that change, webhooks that tell of it, and everything that can go wrong.
//
// Specification, beside that of `oidc.mjs`:
//   vendor             "azure-devops" | "jira" | "sentry"; what it has of its own stands at the top of its file
//   users              [{name, email, id, hidden}] or {count}; the first is who signs in; `hidden`: no address is shown
//   projects           a number, or the vendor's own list
//   items              [{project, title, status, assignee, …}] or {count, project, …}
//   hook_retry_ms [50, 200, 1000], hook_timeout_ms 10000, hook_in_flight 64
//
// Words of the control route, beside those of `Control`:
//   change {item, status, assignee, comment, actor, silent}   somebody does it there, who is named by `actor`; a list:
//                       one after the other. Waits until the webhooks are delivered, or given up. `assignee` is an
//                       address or null. `silent`: no webhook is sent; it is kept for `deliver`.
//   item ID, items      how it is now; what people call an item is good for an ID, too
//   deliver {item, which [-1], fresh, headers, body, times}   sends kept webhooks again: by their places in the item's
//                       list, with a new id (`fresh`), with other headers (null: without), with another text
//   hold_hooks, release_hooks "in order" | "reversed" | "dropped", resend (what nobody took), settle, refused_hooks
//   flood {…}           see `vendor/flood.mjs`
//   clock_skew_ms       moves the vendor's clock: its Date headers and all its dates
//   latency_ms, and faults {match, times, late}: fail {status, body, headers}, hang, drop (the connection ends), truncate,
//                       html (203 with a page), and heal. `match` is how "METHOD /path" begins, also with the names of the
//                       route: "PUT /api/0/organizations/{org}". `late`: the call does its work before.
//   hold {match}, let_go   calls wait at a gate; `waiting` of the answers to GET says how many
//   forget              calls, writes and deliveries so far are no longer counted
// Answers of GET, beside those of `Control`: `max_in_flight`, `waiting`, `writes` {item: [{field, value}]} as the API was
// asked for them, `hooks` {sent, accepted, retried, undelivered, refused}, `registered` (the hooks that there are).

import { textOf } from "./common.mjs";
import { Board } from "./vendor/board.mjs";
import { Deliveries } from "./vendor/hooks.mjs";
import { Faults, spoil } from "./vendor/faults.mjs";
import { orders } from "./vendor/orders.mjs";
import { Router, Refusal } from "./vendor/routes.mjs";

const VENDORS = ["azure-devops", "jira", "sentry"];

/** What `oidc.mjs` needs of a vendor: its OAuth settings, how its API is opened, and what it says about itself. */
export async function playVendor(given) {
  if (!VENDORS.includes(given.vendor)) throw new Error(`there is no vendor ${given.vendor}`);
  const { oauth, play } = await import(`./${given.vendor}.mjs`);
  let vendor;
  return {
    oauth,
    open: (spec, control, find) => (vendor = new Vendor(play, spec, control, find)),
    facts: () => vendor.part.facts(),
  };
}

/** The API. `part` is what only this vendor does: see `azure-devops.mjs`. */
class Vendor {
  /** How far its clock is ahead, in milliseconds. */
  skew = 0;
  faults = new Faults();
  writes = {};
  #inFlight = 0;
  #maxInFlight = 0;

  constructor(play, spec, control, find) {
    Object.assign(this, { spec, control, find });
    this.deliveries = new Deliveries(spec);
    this.part = play(this);
    this.board = new Board(spec, this.part.projects, this.part, () => this.now());
    this.router = new Router(this.part.routes);
    Object.assign(control.words, this.faults.words(), orders(this), this.part.words);
    control.also = () => this.#seen();
  }

  now() {
    return Date.now() + this.skew;
  }

  #seen() {
    return {
      max_in_flight: this.#maxInFlight,
      waiting: this.faults.waiting,
      writes: this.writes,
      hooks: this.deliveries.seen(),
      registered: this.part.hooks(),
    };
  }

  /** Forgets what was counted. */
  forget() {
    this.writes = {};
    this.#maxInFlight = this.#inFlight;
    this.control.counts.api = {};
    this.control.refused = [];
    this.deliveries.undelivered = [];
    this.deliveries.refused = [];
    this.deliveries.counts = { sent: 0, accepted: 0, retried: 0 };
  }

  /** Notes what the API was asked to write. */
  wrote(item, field, value) {
    (this.writes[item.id] ??= []).push({ field, value });
  }

  /** A change over the API, by whoever signed in; its webhooks follow by themselves. */
  write(item, wanted, author = this.board.me) {
    const deliveries = this.changed(item, wanted, author);
    for (const delivery of deliveries) void this.deliveries.push(delivery);
  }

  /** Changes an item; answers the webhooks that tell of it, which are not sent yet. */
  changed(item, wanted, author) {
    const before = { ...item };
    const changes = this.board.change(item, wanted, author);
    return changes.length > 0 ? this.part.webhooks(item, changes, author, before) : [];
  }

  /** Another state than an item is in: the next of `values`, or done where it is not, and the other way round. */
  otherStatus(item, values, at = 0) {
    const found = values?.[at % values.length] ?? this.part.otherStatus(item);
    return found === item.status && values ? values[(at + 1) % values.length] : found;
  }

  /** Somebody else than who has an item. */
  otherPerson(item) {
    const [, ...people] = this.board.people;
    return people[(people.indexOf(item.assignee) + 1) % people.length];
  }

  /** Answers a request. */
  async answer(ctx) {
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    ctx.res.once("close", () => (this.#inFlight -= 1));
    const answer = await this.#answer(ctx);
    if (answer) this.#say(ctx, answer);
  }

  async #answer(ctx) {
    const text = await textOf(ctx.req);
    const { route, params } = this.router.find(ctx.method, ctx.path) ?? {};
    if (!route) return this.part.refusal(404, this.control.refuse(`there is no ${ctx.method} ${ctx.path}`));
    const name = `${route.method} ${route.path}`;
    const names = [`${ctx.method} ${ctx.path}`, name];
    const fails = this.control.api(name);
    await this.faults.wait(names);
    if (fails) return { status: 503, body: "upstream connect error" };
    const fault = this.faults.take(names);
    const answer = fault && !fault.late ? { status: 200, body: {} } : await this.#judged(route, params, ctx, text);
    return fault ? spoil(ctx, fault, answer) : answer;
  }

  /** The answer where nothing goes wrong but what the caller does. */
  async #judged(route, params, ctx, text) {
    try {
      const request = this.router.read(route, params, ctx, text, this.part);
      const token = await this.#token(ctx);
      if (!token) return this.part.unauthorized();
      if (!this.#holds(token, route)) return this.part.forbidden();
      return await route.answer({ ...request, token });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const reason = error.undocumented
        ? this.control.refuse(`${route.method} ${route.path}: ${error.message}`)
        : error.message;
      return error.answer ?? this.part.refusal(error.status, reason);
    }
  }

  /** The token that the request shows, if it is one that was given and is good. */
  async #token(ctx) {
    const shown = /^Bearer (.+)$/.exec(ctx.get("authorization"))?.[1];
    const token = shown && (await this.find(shown));
    return token?.isValid ? token : undefined;
  }

  /** Whether a token may do what the route does. */
  #holds(token, { scope }) {
    if (!scope) return true;
    const granted = this.control.settings.scope ?? token.scope ?? "";
    return granted.split(/[ ,]/).includes(scope);
  }

  #say(ctx, { status = 200, body, headers = {} }) {
    ctx.status = status;
    if (body === undefined) ctx.body = null;
    else ctx.body = typeof body === "string" ? body : JSON.stringify(body);
    if (body !== undefined)
      ctx.type = typeof body === "string" ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
    // An empty answer has the status that was wanted, too.
    ctx.status = status;
    ctx.set({ ...headers, date: new Date(this.now()).toUTCString() });
  }
}
