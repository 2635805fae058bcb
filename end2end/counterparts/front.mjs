// A strict front before a service of `emulate`: it takes every request, may answer it itself, and may change what the
// service answered. `emulate` plays the vendor; the front adds what the vendor does and `emulate` does not, above all
// that an unknown, ended or revoked token is refused (`emulate` takes any text for a token).

import { Server } from "node:net";
import { createEmulator } from "emulate";
import { announce, Control, serve, specification, textOf } from "./common.mjs";

/** Starts a service and the front before it. `build` gets the front's address and answers seed, rules and facts. */
export async function front(service, build) {
  const { server, url } = await serve();
  const { seed, rules, facts, words } = build(url, await specification());
  const inner = await inside(() => createEmulator({ service, port: 0, baseUrl: url, seed }));
  const control = new Control(words);
  const context = { control, url, ask: (request) => ask(inner, request), emulator: inner.emulator };
  rules.start?.(context);
  server.on("request", (message, response) => {
    answer(message, context, rules)
      .catch((error) => ({ status: 500, body: { message: `counterpart: ${error.stack}` } }))
      .then((result) => write(response, result));
  });
  announce({ url, ...facts(inner.emulator) });
}

/** `emulate` binds to every interface and cannot be told otherwise; this binds it to loopback, on a free port. */
async function inside(create) {
  const { listen } = Server.prototype;
  let ready;
  Server.prototype.listen = function () {
    ready = new Promise((resolve) => this.once("listening", () => resolve(`http://127.0.0.1:${this.address().port}`)));
    return listen.call(this, 0, "127.0.0.1");
  };
  try {
    const emulator = await create();
    return { emulator, url: await ready };
  } finally {
    Server.prototype.listen = listen;
  }
}

async function answer(message, context, rules) {
  const target = new URL(message.url, context.url);
  const text = await textOf(message);
  const request = {
    method: message.method,
    path: target.pathname,
    query: target.searchParams,
    search: target.search,
    headers: message.headers,
    text,
  };
  if (request.path === "/__control") {
    const orders = request.method === "POST" ? await context.control.apply(JSON.parse(text)) : context.control.seen();
    return { status: 200, body: orders };
  }
  const own = await rules.before(request, context);
  if (own) return own;
  return rules.after(request, await context.ask(request), context);
}

/** Passes a request on. */
async function ask(inner, { method, path, search = "", headers, text }) {
  const passed = Object.fromEntries(
    Object.entries(headers).filter(([name]) => !["host", "connection", "content-length", "transfer-encoding"].includes(name)),
  );
  const body = ["GET", "HEAD"].includes(method) ? undefined : text;
  const result = await fetch(`${inner.url}${path}${search}`, { method, headers: passed, body, redirect: "manual" });
  const kept = [...result.headers].filter(([name]) => ["content-type", "location"].includes(name));
  const cookies = result.headers.getSetCookie();
  return {
    status: result.status,
    headers: { ...Object.fromEntries(kept), ...(cookies.length > 0 ? { "set-cookie": cookies } : {}) },
    body: await result.text(),
  };
}

function write(response, { status, headers = {}, body = "" }) {
  const isText = typeof body === "string";
  const type = isText ? {} : { "content-type": "application/json; charset=utf-8" };
  response.writeHead(status, { ...type, ...headers }).end(isText ? body : JSON.stringify(body));
}

/** A body that is a form or JSON, as fields. */
export function fields(request) {
  const isJson = (request.headers["content-type"] ?? "").includes("application/json");
  return isJson ? JSON.parse(request.text || "{}") : Object.fromEntries(new URLSearchParams(request.text));
}

/** The token that a request shows, whatever word stands before it. */
export function shown(request) {
  return (request.headers.authorization ?? "").replace(/^(Bearer|token)\s+/i, "").trim();
}
