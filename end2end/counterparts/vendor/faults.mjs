// What a test orders to go wrong with calls.

import { once } from "node:events";

/** A page that asks a person to sign in, as vendors show one to whoever they no longer know. */
const SIGN_IN =
  "<!DOCTYPE html><html><head><title>Sign In</title></head><body><h1>Sign in to your account</h1></body></html>";

/** The faults that are ordered, and the calls that wait. */
export class Faults {
  /** How long every answer takes, in milliseconds. */
  latency = 0;
  /** How many calls wait at the gate. */
  waiting = 0;
  #ordered = [];
  #gates = [];

  /** The words of the control route. */
  words() {
    return {
      latency_ms: (value) => void (this.latency = value),
      fail: (order) => this.#add("fail", { status: 500, body: { message: "An unexpected error occurred." }, ...order }),
      hang: (order) => this.#add("hang", order),
      drop: (order) => this.#add("drop", order),
      truncate: (order) => this.#add("truncate", { late: true, ...order }),
      html: (order) =>
        this.#add("fail", { status: 203, body: SIGN_IN, headers: { "content-type": "text/html; charset=utf-8" }, ...order }),
      hold: ({ match = "" }) => this.#hold(match),
      let_go: () => this.#letGo(),
      heal: () => void (this.#ordered = []),
    };
  }

  #add(kind, order) {
    for (const { match = "", times = 1, late = false, ...rest } of Array.isArray(order) ? order : [order]) {
      this.#ordered.push({ kind, match, times, late, ...rest });
    }
  }

  #hold(match) {
    let open;
    const opened = new Promise((resolve) => (open = resolve));
    this.#gates.push({ match, opened, open });
  }

  #letGo() {
    for (const { open } of this.#gates) open();
    this.#gates = [];
  }

  /** Lets a call wait as was ordered. `names` are its method with its path, and with the route's template. */
  async wait(names) {
    if (this.latency > 0) await new Promise((resolve) => setTimeout(resolve, this.latency));
    const gate = this.#gates.find(({ match }) => names.some((name) => name.startsWith(match)));
    if (!gate) return;
    this.waiting += 1;
    await gate.opened;
    this.waiting -= 1;
  }

  /** The fault that this call meets, which is used up by it. `late` ones let the call do its work before. */
  take(names) {
    const met = this.#ordered.find(({ match }) => names.some((name) => name.startsWith(match)));
    if (!met) return undefined;
    met.times -= 1;
    if (met.times <= 0) this.#ordered.splice(this.#ordered.indexOf(met), 1);
    return met;
  }
}

/** Does to an answer what was ordered; answers what is to be sent, or nothing where nothing is. */
export async function spoil(ctx, fault, answer) {
  if (fault.kind === "fail") return { status: fault.status, body: fault.body, headers: fault.headers };
  if (fault.kind === "truncate") {
    const whole = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body ?? {});
    const headers = { "content-type": "application/json; charset=utf-8", ...answer.headers };
    return { ...answer, headers, body: whole.slice(0, Math.floor(whole.length / 2)) };
  }
  ctx.respond = false;
  if (fault.kind === "hang") await once(ctx.res, "close");
  else ctx.req.socket.destroy();
  return undefined;
}
