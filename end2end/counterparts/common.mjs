// What every counterpart shares: its specification, its address, its one line of output, its end, and the control
// route by which a test makes it fail, wait or forget.
//
// A counterpart takes one JSON document (as its argument, or on stdin when the argument is `-`), listens on a free
// loopback port, prints one line of JSON with its address and credentials, and ends at SIGTERM; with `--tied` also when
// its standard input is closed, so that it does not outlive a test program that was killed.

import { createServer } from "node:http";
import { once } from "node:events";
import { stopClock } from "./clock.mjs";

// Standard output is for the one line, and what libraries advise for production is of no use here. Errors are shown.
console.log = console.info = console.warn = () => {};

/** The specification that the starter gave. `now` in it stops the clock there. */
export async function specification() {
  const argument = process.argv[2] ?? "{}";
  const given = JSON.parse(argument === "-" ? await textOf(process.stdin) : argument);
  if (given.now !== undefined) stopClock(given.now);
  return given;
}

/** Everything that a stream has. */
export async function textOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks.map((chunk) => Buffer.from(chunk))).toString("utf8");
}

/** Serves on a free loopback port; answers the address. The handler may be set afterwards, as it may need the address. */
export async function serve(port = 0) {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const end = () => process.exit(0);
  process.on("SIGTERM", end).on("SIGINT", end);
  if (process.argv.includes("--tied")) process.stdin.resume().on("close", end);
  return { server, url: `http://127.0.0.1:${server.address().port}` };
}

/** Tells the starter that all is ready. */
export function announce(facts) {
  process.stdout.write(`${JSON.stringify(facts)}\n`);
}

/** `{name}` in every text of a document is replaced; a text that is nothing but a name becomes the value itself. */
export function fill(template, values) {
  if (Array.isArray(template)) return template.map((item) => fill(item, values));
  if (template !== null && typeof template === "object") {
    const filled = Object.entries(template).map(([name, value]) => [name, fill(value, values)]);
    return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
  }
  if (typeof template !== "string") return template;
  const whole = /^\{(\w+)\}$/.exec(template)?.[1];
  if (whole !== undefined && whole in values) return values[whole];
  return template.replace(/\{(\w+)\}/g, (text, name) => values[name] ?? text);
}

/**
 * What a test can do to a counterpart, and what it can learn from it: GET and POST `/__control`.
 *
 * Words for every counterpart: `fail_token`, `fail_api`, `fail_revoke` (answer 503 to so many calls), `delay_token_ms`
 * (the next token answer), `hold_token` (token calls wait until `release`), `now` (stop the clock there), and the
 * settings `scope` (what is granted instead), `extra` (merged into token answers), `issuer`, `deny`, `answers`.
 */
export class Control {
  /** How often what was called. */
  counts = { authorize: 0, token: 0, refresh: 0, revoke: 0, api: {} };
  /** Why requests were refused for their form; empty when whoever called keeps to the vendor's documents. */
  refused = [];
  /** What is to happen to the next calls. */
  #fail = { token: 0, api: 0, revoke: 0 };
  #delay = 0;
  #gate = null;
  #open = null;
  /** Settings that last until they are set again: `scope`, `issuer`, `deny`, `extra`, `answers`. */
  settings = {};
  /** What a counterpart has counted beside that. */
  also = () => ({});
  /** How a counterpart carries out a word that is its own, such as `expire`: name to function. */
  constructor(words = {}) {
    this.words = words;
  }

  /** What the route answers to a GET. */
  seen() {
    return { counts: this.counts, refused: this.refused, held: this.held, ...this.also() };
  }

  /** How many token calls wait at the gate. */
  held = 0;

  /** Does what a POST says; answers what the last word that has an answer answered. */
  async apply(orders) {
    let answer = {};
    for (const [word, value] of Object.entries(orders)) {
      if (word === "fail_token") this.#fail.token = value;
      else if (word === "fail_api") this.#fail.api = value;
      else if (word === "fail_revoke") this.#fail.revoke = value;
      else if (word === "delay_token_ms") this.#delay = value;
      else if (word === "hold_token") this.#close();
      else if (word === "release") this.#release();
      else if (word === "now") stopClock(value);
      else if (word in this.words) answer = (await this.words[word](value)) ?? answer;
      else if (["scope", "issuer", "deny", "extra", "answers"].includes(word)) this.settings[word] = value;
      else throw new Error(`no such order: ${word}`);
    }
    return answer;
  }

  /** Counts a call, and lets it wait or fail when that was ordered: true when it is to be answered with 503. */
  async call(kind) {
    this.counts[kind] += 1;
    const group = kind === "refresh" ? "token" : kind;
    if (group === "token") {
      if (this.#gate) {
        this.held += 1;
        await this.#gate;
        this.held -= 1;
      }
      const delay = this.#delay;
      this.#delay = 0;
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    }
    return this.#fails(group);
  }

  /** The same for a call of the API, which is counted by method and path. */
  api(name) {
    this.counts.api[name] = (this.counts.api[name] ?? 0) + 1;
    return this.#fails("api");
  }

  /** Notes that a request broke the vendor's rules; answers the reason. */
  refuse(reason) {
    this.refused.push(reason);
    return reason;
  }

  #fails(group) {
    if (!(this.#fail[group] > 0)) return false;
    this.#fail[group] -= 1;
    return true;
  }

  #close() {
    this.#gate ??= new Promise((resolve) => (this.#open = resolve));
  }

  #release() {
    this.#open?.();
    this.#gate = this.#open = null;
  }
}
