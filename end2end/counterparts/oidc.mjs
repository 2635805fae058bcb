// A strict OAuth 2 provider for any vendor: `oidc-provider` for the OAuth half, and stub routes for the vendor's API
// that take exactly what the vendor documents.
//
// Specification, with its defaults:
//   redirect_uris      needed
//   client_id, client_secret
//   authorize_path "/oauth/authorize", token_path "/oauth/token", refresh_path (as token_path), revoke_path (none)
//   client_auth "body" | "basic"        how the client names itself
//   body "form" | "json"                how token and revoke requests are written
//   pkce true                           S256 is needed; false: PKCE is refused
//   iss false                           RFC 9207's `iss` in the answer
//   refresh true, rotate true           whether refresh tokens are given, and good once
//   access_seconds 3600 | null          null: access tokens do not end and no expires_in is sent
//   scopes [], scope_separator " "      what may be asked for
//   params {}                           further parameters that the authorization request must have, with these values
//   token_fields {}                     the same for token requests
//   headers {}                          headers that token and revoke requests must have
//   extra {}                            merged into a good token answer
//   answer                              the good token answer instead, with placeholders
//   refresh_answer (as answer)          the same where a grant was refreshed
//   refusal {status, body}              the bad token answer instead, with {error} and {error_description}
//   revoke_by "token" | "bearer", revoke_answer ""
//   page false                          ask the person on a page with the buttons Allow and Cancel
//   api [{method, path, query, headers, body, prefix, answer, status, refusal}]
//       `headers` and `query` are needed as they stand, `body` is a text that must occur or JSON that must be part of the
//       body; `prefix` (default "Bearer ") stands before the token, null: the call needs none; `refusal` {status, body}
//       is the answer to a token that is unknown, ended or revoked.
//   vendor             "azure-devops" | "jira" | "sentry": its API, with what is in it, instead of `api`; `vendor.mjs` lists
//                      what may be specified and ordered then, and the OAuth settings above have the vendor's own defaults
// Placeholders in answers: {access_token}, {refresh_token}, {expires_in}, {scope}, {now} (seconds).
// Words of the control route: those of `Control`, and `expire` (every access token so far ends) and `revoke` ("all").

import { randomBytes } from "node:crypto";
// Before the library, which speaks as soon as it is loaded.
import { announce, Control, fill, serve, specification, textOf } from "./common.mjs";
import Provider from "oidc-provider";
import { Api } from "./api.mjs";
import { consent } from "./consent.mjs";
import { wrongAuthorize, wrongToken } from "./strict.mjs";
import { playVendor } from "./vendor.mjs";

const { server, url } = await serve();
const given = await specification();
const vendor = given.vendor ? await playVendor(given) : undefined;
const spec = {
  client_id: "patchbay-client",
  client_secret: "patchbay-client-secret",
  authorize_path: "/oauth/authorize",
  token_path: "/oauth/token",
  client_auth: "body",
  body: "form",
  pkce: true,
  iss: false,
  refresh: true,
  rotate: true,
  access_seconds: 3600,
  scopes: [],
  scope_separator: " ",
  params: {},
  token_fields: {},
  headers: {},
  extra: {},
  revoke_by: "token",
  revoke_answer: "",
  page: false,
  api: [],
  ...vendor?.oauth,
  ...given,
};

const AGES = 400 * 24 * 3600;
/** The library consents to nothing when nothing is asked for; vendors without scopes give what the app is. */
const NO_SCOPE = "everything";
const provider = new Provider(url, {
  clients: [
    {
      client_id: spec.client_id,
      client_secret: spec.client_secret,
      redirect_uris: spec.redirect_uris,
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: spec.client_auth === "basic" ? "client_secret_basic" : "client_secret_post",
    },
  ],
  scopes: [...spec.scopes, NO_SCOPE],
  pkce: { required: () => spec.pkce },
  features: { devInteractions: { enabled: false }, revocation: { enabled: true }, userinfo: { enabled: false } },
  rotateRefreshToken: () => spec.rotate,
  issueRefreshToken: () => spec.refresh,
  expiresWithSession: () => false,
  ttl: {
    AccessToken: () => spec.access_seconds ?? AGES,
    AuthorizationCode: () => 60,
    RefreshToken: () => AGES,
    Session: () => AGES,
    Grant: () => AGES,
    Interaction: () => 600,
  },
  interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
  findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  cookies: { keys: [randomBytes(16).toString("hex")] },
  renderError(ctx, out) {
    ctx.type = "json";
    ctx.body = out;
  },
});

/** Every token that was given, with its kind. */
const issued = new Map();
const accessTokens = () => [...issued].filter(([, kind]) => kind === "access").map(([token]) => token);
const control = new Control({
  async expire() {
    for (const token of accessTokens()) await (await provider.AccessToken.find(token))?.destroy();
  },
  async revoke() {
    for (const [token, kind] of issued) await end(token, kind);
  },
});
const find = (token) => provider.AccessToken.find(token);
const api = vendor?.open(spec, control, find) ?? new Api(spec, control, find);

/** Ends a token and all that came of the same consent. */
async function end(token, kind) {
  const found = await (kind === "access" ? provider.AccessToken : provider.RefreshToken).find(token);
  if (!found) return false;
  await provider.AccessToken.revokeByGrantId(found.grantId);
  await (await provider.Grant.find(found.grantId))?.destroy();
  return true;
}

function refuseToken(ctx, { error, error_description = error }, status = 400) {
  const values = { error, error_description };
  ctx.status = spec.refusal?.status ?? status;
  ctx.body = spec.refusal ? fill(spec.refusal.body, values) : values;
}

async function authorize(ctx, next) {
  control.counts.authorize += 1;
  const wrong = wrongAuthorize(spec, ctx.query);
  if (wrong) {
    ctx.status = 400;
    ctx.body = control.refuse(`authorize: ${wrong}`);
    return;
  }
  // The library knows neither a vendor's own parameters nor separators other than a space.
  const query = { ...ctx.query, scope: ctx.query.scope?.split(spec.scope_separator).join(" ") || NO_SCOPE };
  for (const name of Object.keys(spec.params)) delete query[name];
  // Each sign-in is a grant of its own, also for a browser that has been here before.
  ctx.query = { ...query, prompt: "consent" };
  ctx.path = "/auth";
  await next();
}

async function token(ctx, next) {
  const { wrong, form } = wrongToken(spec, ctx, await textOf(ctx.req));
  if (await control.call(form.grant_type === "refresh_token" ? "refresh" : "token")) return busy(ctx);
  if (wrong) return refuseToken(ctx, { error: "invalid_request", error_description: control.refuse(`token: ${wrong}`) });
  pass(ctx, form, "/token");
  await next();
  if (ctx.status !== 200) return refuseToken(ctx, ctx.body, ctx.status);
  // Set again, so that the length in the header fits.
  const { access_token, refresh_token = form.refresh_token, expires_in, scope = "" } = ctx.body;
  issued.set(access_token, "access");
  if (refresh_token) issued.set(refresh_token, "refresh");
  const asked = scope === NO_SCOPE ? "" : scope.split(" ").join(spec.scope_separator);
  const granted = control.settings.scope ?? asked;
  const values = { access_token, refresh_token, expires_in, scope: granted, now: Math.floor(Date.now() / 1000) };
  const usual = { access_token, token_type: "bearer", refresh_token, scope: granted };
  if (!refresh_token) delete usual.refresh_token;
  if (spec.access_seconds !== null) usual.expires_in = expires_in;
  const refreshed = form.grant_type === "refresh_token" ? spec.refresh_answer : undefined;
  const answer = refreshed ?? spec.answer ?? usual;
  ctx.body = { ...fill(answer, values), ...fill({ ...spec.extra, ...control.settings.extra }, values) };
}

async function revoke(ctx, next) {
  const text = await textOf(ctx.req);
  if (await control.call("revoke")) return busy(ctx);
  if (spec.revoke_by === "bearer") {
    const bearer = /^Bearer (.+)$/.exec(ctx.get("authorization"))?.[1] ?? "";
    if (!(await end(bearer, "access"))) return refuseToken(ctx, { error: "invalid_auth" }, 401);
  } else {
    const { wrong, form } = wrongToken(spec, ctx, text, ["token", "token_type_hint"]);
    if (wrong) return refuseToken(ctx, { error: "invalid_request", error_description: control.refuse(`revoke: ${wrong}`) });
    pass(ctx, form, "/token/revocation");
    await next();
    if (ctx.status !== 200) return refuseToken(ctx, ctx.body, ctx.status);
  }
  ctx.status = 200;
  ctx.body = spec.revoke_answer;
}

/** Hands a request on to the library as the form that it reads. */
function pass(ctx, form, path) {
  ctx.req.headers["content-type"] = "application/x-www-form-urlencoded";
  ctx.req.body = form;
  ctx.path = path;
}

function busy(ctx) {
  ctx.status = 503;
  ctx.body = "upstream connect error";
}

/** Carries out an order; the test that gave one that cannot be is told why. */
async function obey(ctx) {
  const orders = JSON.parse(await textOf(ctx.req));
  try {
    return await control.apply(orders);
  } catch (error) {
    ctx.status = 400;
    return { error: error.message };
  }
}

/** What goes back to our callback: without `iss` where the vendor sends none, and with another where that was ordered. */
function answerOf(location) {
  if (!spec.redirect_uris.some((uri) => location.startsWith(uri))) return location;
  const target = new URL(location);
  if (!spec.iss) target.searchParams.delete("iss");
  if (control.settings.issuer) target.searchParams.set("iss", control.settings.issuer);
  return target.href;
}

provider.use(async (ctx, next) => {
  const { method, path } = ctx;
  const is = (wanted, at) => method === wanted && path === at;
  if (path === "/__control") {
    ctx.body = method === "POST" ? await obey(ctx) : control.seen();
  } else if (is("GET", spec.authorize_path)) {
    await authorize(ctx, next);
  } else if (/^\/auth\/[\w-]+$/.test(path)) {
    await next();
  } else if (path.startsWith("/interaction/")) {
    await consent(ctx, provider, spec, control);
  } else if (is("POST", spec.token_path) || is("POST", spec.refresh_path)) {
    await token(ctx, next);
  } else if (is("POST", spec.revoke_path)) {
    await revoke(ctx, next);
  } else {
    await api.answer(ctx);
  }
  if (ctx.response.get("location")) ctx.set("location", answerOf(ctx.response.get("location")));
});
provider.on("server_error", (_ctx, error) => console.error(error));

server.on("request", provider.callback());
announce({ url, client_id: spec.client_id, client_secret: spec.client_secret, ...vendor?.facts() });
