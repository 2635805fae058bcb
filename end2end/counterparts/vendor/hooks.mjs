// The webhooks that a vendor sends: in order for each item, tried a few times, kept where nobody takes them.

import { Agent, request } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";

/** How many deliveries of an item can be sent again. */
const KEPT = 20;

/** Sends deliveries: `{item, url, headers, body}`, where `body` is text. */
export class Deliveries {
  /** Those that nobody took, and those among them that were refused with an error of the 400s. */
  undelivered = [];
  refused = [];
  counts = { sent: 0, accepted: 0, retried: 0 };
  /** Those that wait for `release_hooks`; none when nothing is held. */
  #held = null;
  #queues = new Map();
  #history = new Map();

  constructor({ hook_retry_ms = [50, 200, 1000], hook_timeout_ms = 10_000, hook_in_flight = 64 } = {}) {
    this.waits = hook_retry_ms;
    this.timeout = hook_timeout_ms;
    const kept = { keepAlive: true, maxSockets: hook_in_flight };
    this.agents = { "http:": new Agent(kept), "https:": new TlsAgent(kept) };
  }

  /** Remembers a delivery without sending it. */
  keep(delivery) {
    const history = this.#history.get(delivery.item) ?? [];
    history.push(delivery);
    if (history.length > KEPT) history.shift();
    this.#history.set(delivery.item, history);
  }

  /** What was sent about an item, or kept, oldest first. */
  of(item) {
    return this.#history.get(item) ?? [];
  }

  /** Sends a delivery after those before it about the same item; answers `{status}`, or `{held}`. */
  push(delivery, remember = true) {
    if (remember) this.keep(delivery);
    if (this.#held) {
      this.#held.push(delivery);
      return Promise.resolve({ held: true });
    }
    const before = this.#queues.get(delivery.item) ?? Promise.resolve();
    const mine = before.then(() => this.#deliver(delivery));
    this.#queues.set(delivery.item, mine);
    void mine.then(() => {
      if (this.#queues.get(delivery.item) === mine) this.#queues.delete(delivery.item);
    });
    return mine;
  }

  /** Waits until nothing is under way. */
  async settle() {
    while (this.#queues.size > 0) await Promise.all(this.#queues.values());
  }

  /** Holds what is sent from now on. */
  hold() {
    this.#held ??= [];
  }

  /** Sends what was held, in order or in the opposite one; answers what came of each. */
  async release(order) {
    const held = this.#held ?? [];
    this.#held = null;
    if (order === "reversed") held.reverse();
    else if (order === "dropped") held.length = 0;
    const answers = [];
    for (const delivery of held) answers.push(await this.push(delivery, false));
    return answers;
  }

  /** Sends once more what nobody took. */
  async again() {
    const missed = this.undelivered.splice(0).map(({ delivery }) => delivery);
    this.refused = [];
    const answers = [];
    for (const delivery of missed) answers.push(await this.push(delivery, false));
    return answers;
  }

  /** What tests are told. */
  seen() {
    const undelivered = this.undelivered.map(({ delivery, ...what }) => ({
      item: delivery.item,
      url: delivery.url,
      ...what,
    }));
    return { ...this.counts, undelivered, refused: this.refused };
  }

  async #deliver(delivery) {
    this.counts.sent += 1;
    let outcome = await this.send(delivery);
    for (const wait of this.waits) {
      if (!mayPass(outcome)) break;
      this.counts.retried += 1;
      await new Promise((resolve) => setTimeout(resolve, wait));
      outcome = await this.send(delivery);
    }
    const { status, error, text } = outcome;
    if (status >= 200 && status < 300) {
      this.counts.accepted += 1;
      return { status };
    }
    this.undelivered.push({ delivery, status, error });
    if (status >= 400 && status < 500) this.refused.push({ item: delivery.item, url: delivery.url, status, text });
    return { status, error };
  }

  /** One try: `{status, text}`, or `{error}`. */
  send({ url, headers, body }) {
    return new Promise((resolve) => {
      const target = new URL(url);
      const ask = target.protocol === "https:" ? tlsRequest : request;
      const sent = { "content-length": Buffer.byteLength(body), ...headers };
      const call = ask(
        target,
        { method: "POST", headers: sent, agent: this.agents[target.protocol], timeout: this.timeout },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (chunk) => (text += chunk));
          answer.on("end", () => resolve({ status: answer.statusCode, text: text.slice(0, 500) }));
          answer.on("error", (error) => resolve({ error: error.message }));
        },
      );
      call.on("timeout", () => call.destroy(new Error("no answer in time")));
      call.on("error", (error) => resolve({ error: error.message }));
      call.end(body);
    });
  }
}

/** Whether it may go better the next time. */
function mayPass({ status, error }) {
  return error !== undefined || status === 408 || status === 429 || status >= 500;
}
