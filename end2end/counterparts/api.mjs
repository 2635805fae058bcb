// The stub routes of a vendor's API.

import { fill, textOf } from "./common.mjs";

/** Routes that answer only to a token that was given, and to nothing but what the vendor documents. */
export class Api {
  constructor(spec, control, find) {
    this.routes = spec.api;
    this.control = control;
    this.find = find;
  }

  /** Answers a request. */
  async answer(ctx) {
    const name = `${ctx.method} ${ctx.path}`;
    const text = await textOf(ctx.req);
    const route = this.routes.find(({ method = "GET", path }) => `${method} ${path}` === name);
    if (!route) return say(ctx, 404, { error: this.control.refuse(`there is no ${name}`) });
    if (this.control.api(name)) return say(ctx, 503, "upstream connect error");
    const wrong = this.#wrong(route, ctx, text);
    if (wrong) return say(ctx, 400, { error: this.control.refuse(`${name}: ${wrong}`) });
    const token = await this.#token(route, ctx);
    if (!token) {
      const refusal = route.refusal ?? { status: 401, body: { error: "invalid_token" } };
      return say(ctx, refusal.status, refusal.body);
    }
    const template = this.control.settings.answers?.[name] ?? route.answer ?? {};
    const values = { scope: token.scope ?? "", access_token: token.jti ?? "", now: Math.floor(Date.now() / 1000) };
    return say(ctx, route.status ?? 200, fill(template, values));
  }

  /** The token that the request shows, if it is one that was given and is good. */
  async #token({ prefix = "Bearer " }, ctx) {
    if (prefix === null) return {};
    const shown = ctx.get("authorization");
    const token = shown.startsWith(prefix) ? await this.find(shown.slice(prefix.length)) : undefined;
    return token?.isValid ? token : undefined;
  }

  #wrong({ headers = {}, query = {}, body }, ctx, text) {
    for (const [name, value] of Object.entries(headers)) {
      if (ctx.get(name) !== value) return `the header ${name} is not ${JSON.stringify(value)}`;
    }
    for (const name of new Set([...Object.keys(query), ...Object.keys(ctx.query)])) {
      if (ctx.query[name] !== query[name]) return `the parameter ${name} is not ${JSON.stringify(query[name])}`;
    }
    if (typeof body === "string" && !text.includes(body)) return `the body has no ${JSON.stringify(body)}`;
    if (body !== null && typeof body === "object" && !holds(parsed(text), body)) return `the body has no ${JSON.stringify(body)}`;
    return null;
  }
}

function say(ctx, status, body) {
  ctx.status = status;
  ctx.body = body;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether a document has all that a part has. */
function holds(whole, part) {
  if (part === null || typeof part !== "object") return whole === part;
  if (whole === null || typeof whole !== "object") return false;
  return Object.entries(part).every(([name, value]) => holds(whole[name], value));
}
