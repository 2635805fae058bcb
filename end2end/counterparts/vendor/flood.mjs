// A burst of changes: each is made to its item, then its webhook is sent, at a steady rate.

import { performance } from "node:perf_hooks";

/**
 * Orders, with their defaults:
 *   count             how many changes, one webhook each
 *   rate 500          webhooks a second
 *   in_flight 64      so many at most wait for their answers
 *   spread all        over so many items, one after the other
 *   field "status"    or "assignee", or "both" in turn
 *   values            the states that are set in turn; without: done and not done
 *   repeat_every 0    every n-th webhook is sent twice, with the same id
 *
 * Answers how many were sent and accepted at the first try, and how long the answers took, in milliseconds. Those that
 * were not are tried again as any other.
 */
export async function flood(
  vendor,
  { count, rate = 500, in_flight = 64, spread, field = "status", values, repeat_every = 0 },
) {
  const items = [...vendor.board.items.values()].slice(0, spread);
  if (items.length === 0) throw new Error("there is no item to change");
  const places = new Places(in_flight);
  const took = [];
  const answers = { sent: 0, accepted: 0, refused: 0, failed: 0, changed: 0 };
  const note = (status) => {
    answers.sent += 1;
    if (status >= 200 && status < 300) answers.accepted += 1;
    else if (status >= 400 && status < 500) answers.refused += 1;
    else answers.failed += 1;
  };
  const deliver = async (delivery) => {
    // Without the queue: what is measured is one answer.
    const begun = performance.now();
    const { status = 0 } = await vendor.deliveries.send(delivery);
    took.push(performance.now() - begun);
    note(status);
    if (status < 200 || status >= 500) await vendor.deliveries.push(delivery, false);
  };
  const turns = new Map();
  const begun = performance.now();
  for (let at = 0; at < count; at += 1) {
    const early = begun + (at * 1000) / rate - performance.now();
    if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
    await places.take();
    const item = items[at % items.length];
    const about = field === "both" ? ["status", "assignee"][Math.floor(at / items.length) % 2] : field;
    const wanted =
      about === "assignee" ? { assignee: vendor.otherPerson(item) } : { status: vendor.otherStatus(item, values, at) };
    const [delivery] = vendor.changed(item, wanted, vendor.board.people.at(-1));
    answers.changed += 1;
    if (!delivery) throw new Error("no hook is registered");
    vendor.deliveries.keep(delivery);
    const again = repeat_every > 0 && (at + 1) % repeat_every === 0;
    const before = turns.get(item.id) ?? Promise.resolve();
    const mine = before.then(() => deliver(delivery)).then(() => (again ? deliver(delivery) : undefined));
    turns.set(item.id, mine);
    void mine.then(() => places.free());
  }
  await Promise.all(turns.values());
  const seconds = (performance.now() - begun) / 1000;
  took.sort((one, other) => one - other);
  const at = (share) => rounded(took[Math.min(took.length - 1, Math.floor(took.length * share))] ?? 0);
  return { ...answers, seconds: rounded(seconds), p50_ms: at(0.5), p99_ms: at(0.99), max_ms: rounded(took.at(-1) ?? 0) };
}

const rounded = (number) => Math.round(number * 100) / 100;

/** So many at once. */
class Places {
  #waiting = [];
  constructor(free) {
    this.left = free;
  }

  take() {
    if (this.left > 0) {
      this.left -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  free() {
    const next = this.#waiting.shift();
    if (next) next();
    else this.left += 1;
  }
}
