// Routes that take exactly what the vendor documents.

/** An answer that is not what was asked for. `undocumented`: the request broke the vendor's rules. */
export class Refusal extends Error {
  constructor(message, { status = 400, undocumented = false, answer } = {}) {
    super(message);
    Object.assign(this, { status, undocumented, answer });
  }
}

/** For a request that the vendor documents nowhere. */
export function undocumented(message, status = 400) {
  return new Refusal(message, { status, undocumented: true });
}

/** For a request that the vendor documents, and answers with an error. */
export function answered(status, body, headers) {
  return new Refusal("refused", { answer: { status, body, headers } });
}

/** What every HTTP client sends. */
const USUAL = ["host", "user-agent", "accept", "accept-encoding", "accept-language", "authorization", "connection"];
const OF_BODIES = ["content-type", "content-length", "transfer-encoding"];

/**
 * Routes: `{method, path, query, json, answer}`. In `path`, `{name}` is one segment, and case means nothing where the part
 * says so; `query` names the parameters that may be there, and those with `!` at the end must; `json` is the type of the
 * body, where there is one.
 */
export class Router {
  constructor(routes) {
    this.routes = routes.map((route) => ({ ...route, pattern: pattern(route), names: names(route) }));
  }

  find(method, raw) {
    // A dollar sign means the same, encoded or not.
    const path = raw.replaceAll("%24", "$");
    for (const route of this.routes) {
      const found = route.method === method && route.pattern.exec(path);
      if (!found) continue;
      const values = found.slice(1).map(decodeURIComponent);
      return { route, params: Object.fromEntries(route.names.map((name, at) => [name, values[at]])) };
    }
    return undefined;
  }

  /** What a request says, where it keeps to the route. */
  read(route, params, ctx, text, part) {
    const headers = ctx.req.headers;
    const known = [...USUAL, ...(text === "" ? ["content-length", "content-type"] : OF_BODIES), ...(part.headers ?? [])];
    const stray = Object.keys(headers).find((name) => !known.includes(name));
    if (stray) throw undocumented(`the header ${stray} is unknown`);
    const query = this.#query(route, ctx);
    const body = bodyOf(route, headers["content-type"], text);
    part.check?.(route, ctx, query);
    return { params, query, body, get: (name) => ctx.get(name) };
  }

  #query({ query: allowed = [] }, ctx) {
    const found = { ...ctx.query };
    for (const [name, value] of Object.entries(found)) {
      if (!allowed.includes(name) && !allowed.includes(`${name}!`)) throw undocumented(`the parameter ${name} is unknown`);
      if (Array.isArray(value)) throw undocumented(`the parameter ${name} is there twice`);
    }
    const missing = allowed.find((name) => name.endsWith("!") && found[name.slice(0, -1)] === undefined);
    if (missing) throw undocumented(`the parameter ${missing.slice(0, -1)} is missing`);
    return found;
  }
}

function bodyOf({ json }, type = "", text) {
  if (!json) {
    if (text !== "") throw undocumented("it has no body");
    return undefined;
  }
  if (type.split(";")[0] !== json) throw undocumented(`the body is not ${json}`);
  try {
    return JSON.parse(text);
  } catch {
    throw undocumented("the body is not JSON");
  }
}

/** Asserts that an object has no fields but these, and all that end with `!`. */
export function only(value, fields, where = "the body") {
  if (value === null || typeof value !== "object" || Array.isArray(value)) throw undocumented(`${where} is no object`);
  for (const name of Object.keys(value)) {
    if (!fields.includes(name) && !fields.includes(`${name}!`)) throw undocumented(`${where} has no ${name}`);
  }
  const missing = fields.find((name) => name.endsWith("!") && value[name.slice(0, -1)] === undefined);
  if (missing) throw undocumented(`${where} needs ${missing.slice(0, -1)}`);
  return value;
}

/** A parameter that is a whole number, from 0 up to the most that the vendor takes. */
export function whole(query, name, usual, most = Number.MAX_SAFE_INTEGER) {
  if (query[name] === undefined) return usual;
  if (!/^\d+$/.test(query[name]) || Number(query[name]) > most) throw undocumented(`${name} is not a number up to ${most}`);
  return Number(query[name]);
}

function names({ path }) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
}

function pattern({ path, anyCase = false }) {
  const parts = path.split(/\{\w+\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("([^/]+)")}$`, anyCase ? "i" : "");
}
