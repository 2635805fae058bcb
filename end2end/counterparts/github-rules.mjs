// What GitHub does and `emulate` does not: the claims of an App's JWT, the end of tokens, PKCE, suspended and removed
// installations, the installations that a person sees, the install page, and the webhooks about installations.

import { createHash, createHmac, createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { fields, shown } from "./front.mjs";

const DOCS = "https://docs.github.com/rest";
const NOT_FOUND = { status: 404, body: { message: "Not Found", documentation_url: DOCS } };
const BAD_CREDENTIALS = { status: 401, body: { message: "Bad credentials", documentation_url: DOCS } };
const SUSPENDED = { status: 403, body: { message: "This installation has been suspended", documentation_url: DOCS } };
const BUSY = { status: 503, body: { message: "No server is currently available to service your request." } };

/** The rules of the front, and its words. `key` gives the App's private key. */
export function githubRules(spec, key) {
  /** Tokens that were given, with their end and, of a person's, whose. */
  const tokens = new Map();
  /** Challenges of sign-ins that began, by client and state, then by code; and who signed in, by code. */
  const [begun, challenges, people] = [new Map(), new Map(), new Map()];
  const [suspended, removed] = [new Map(), new Set()];
  let context;

  const seconds = () => Math.floor(Date.now() / 1000);
  /** The App's JWT; with other claims, or signed by somebody else, where that is asked for. */
  const own = ({ forged = false, ...claims } = {}) => {
    const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const all = { iss: spec.app_id, iat: seconds(), exp: seconds() + 60, ...claims };
    const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(all)}`;
    const signer = forged ? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey : key(context.emulator);
    return `${text}.${createSign("RSA-SHA256").update(text).sign(signer, "base64url")}`;
  };
  const asApp = async (path) => {
    const answer = await context.ask({ method: "GET", path, headers: { authorization: `Bearer ${own()}` } });
    return JSON.parse(answer.body);
  };

  /** An installation as GitHub shows it. */
  const dressed = (installation) => ({
    ...installation,
    account: { ...installation.account, html_url: `https://github.com/${installation.account.login}` },
    suspended_at: suspended.get(installation.id) ?? null,
  });
  const installations = async () =>
    (await asApp("/app/installations")).filter(({ id }) => !removed.has(id)).map(dressed);

  /** Sends a signed webhook, as GitHub does; answers the status that came back. */
  const deliver = async ({ event, payload, secret = spec.webhook_secret }) => {
    if (!spec.webhook_url) return { status: null };
    const body = JSON.stringify(payload);
    const signature = createHmac("sha256", secret).update(body).digest("hex");
    const headers = {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/0000000",
      "x-github-event": event,
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${signature}`,
    };
    const answer = await fetch(spec.webhook_url, { method: "POST", headers, body });
    return { status: answer.status, body: await answer.text() };
  };
  /** Tells about a change of an installation. */
  const tell = async (action, id) => {
    const installation = dressed(await asApp(`/app/installations/${id}`));
    return deliver({ event: "installation", payload: { action, installation, sender: { login: "octocat", id: 1 } } });
  };

  const words = {
    expire: () => void tokens.forEach((token) => (token.end = 0)),
    revoke: () => tokens.clear(),
    suspend: (id) => {
      suspended.set(id, new Date().toISOString().replace(/\.\d+Z$/, "Z"));
      return tell("suspend", id);
    },
    unsuspend: (id) => {
      suspended.delete(id);
      return tell("unsuspend", id);
    },
    remove: (id) => {
      removed.add(id);
      return tell("deleted", id);
    },
    deliver,
    jwt: (claims) => ({ jwt: own(claims) }),
  };

  /** What is wrong with the time claims of a JWT, in GitHub's words. */
  const wrongClaims = (jwt) => {
    let claims;
    try {
      claims = JSON.parse(Buffer.from(jwt.split(".")[1], "base64url"));
    } catch {
      return "A JSON web token could not be decoded";
    }
    if (!Number.isInteger(claims.iat) || claims.iat > seconds()) {
      return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
    }
    if (!Number.isInteger(claims.exp) || claims.exp <= seconds()) {
      return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires";
    }
    return claims.exp > seconds() + 600 ? "'Expiration time' claim ('exp') is too far in the future" : null;
  };

  /** Calls that only the App itself may make. */
  const beforeApp = async (request, { control }) => {
    const wrong = wrongClaims(shown(request));
    if (wrong) {
      control.refuse(wrong);
      return { status: 401, body: { message: wrong, documentation_url: DOCS } };
    }
    const [, id, rest] = /^\/app\/installations\/(\d+)(?:\/(\w+))?$/.exec(request.path) ?? [];
    if (id === undefined) return undefined;
    // Who is not the App learns nothing about its installations.
    const is = await context.ask({ method: "GET", path: `/app/installations/${id}`, headers: request.headers });
    if (is.status !== 200) return undefined;
    const number = Number(id);
    if (removed.has(number)) return NOT_FOUND;
    if (rest === "access_tokens" && suspended.has(number)) return SUSPENDED;
    const word = { "PUT suspended": "suspend", "DELETE suspended": "unsuspend", "DELETE ": "remove" }[`${request.method} ${rest ?? ""}`];
    if (!word) return undefined;
    // The answer comes before the webhook, as it does at GitHub.
    setImmediate(() => Promise.resolve(words[word](number)).catch((error) => control.refuse(String(error))));
    return { status: 204 };
  };

  const beforeSignIn = async (request, { control }) => {
    const { query } = request;
    if (request.path === "/login/oauth/authorize") {
      control.counts.authorize += 1;
      if (query.get("code_challenge") && query.get("code_challenge_method") !== "S256") {
        return { status: 400, body: control.refuse("authorize: only S256 is taken") };
      }
      begun.set(`${query.get("client_id")} ${query.get("state")}`, query.get("code_challenge"));
    } else if (request.path === "/login/oauth/access_token") {
      const { grant_type, code, code_verifier } = fields(request);
      if (await control.call(grant_type === "refresh_token" ? "refresh" : "token")) return BUSY;
      const challenge = challenges.get(code);
      const hash = createHash("sha256").update(code_verifier ?? "").digest("base64url");
      if (challenge && challenge !== hash) {
        control.refuse("access_token: the code_verifier does not fit");
        return { status: 200, body: { error: "bad_verification_code", error_description: "The code passed is incorrect or expired." } };
      }
      // Without being asked for JSON, GitHub answers with a form.
      const accept = request.headers.accept ?? "";
      if (!accept.includes("application/json")) request.headers.accept = "application/x-www-form-urlencoded";
    }
    return undefined;
  };

  const rules = {
    start: (given) => (context = given),

    async before(request, { control }) {
      const { method, path } = request;
      if (path.startsWith("/login/")) return beforeSignIn(request, { control });
      if (path.startsWith("/apps/")) return installPage(request);
      if (path.startsWith("/_emulate/")) return undefined;
      if (control.api(`${method} ${path}`)) return BUSY;
      if (!request.headers["user-agent"]) {
        return { status: 403, body: control.refuse("Request forbidden by administrative rules: there is no User-Agent.") };
      }
      if (path === "/app" || path.startsWith("/app/")) return beforeApp(request, { control });
      const token = tokens.get(shown(request));
      if (!token || token.end <= seconds()) return BAD_CREDENTIALS;
      if (path === "/user/installations" && method === "GET") {
        const visible = (await installations()).filter(({ id }) => (spec.sees[token.login] ?? []).includes(id));
        return { status: 200, body: { total_count: visible.length, installations: visible } };
      }
      return undefined;
    },

    after(request, answer) {
      const { path } = request;
      if (path === "/login/oauth/callback" && answer.status === 302) {
        const { client_id, state, login } = fields(request);
        const code = new URL(answer.headers.location).searchParams.get("code");
        challenges.set(code, begun.get(`${client_id} ${state}`));
        people.set(code, login);
      } else if (path === "/login/oauth/access_token" && answer.status === 200) {
        const issued = answer.body.startsWith("{") ? JSON.parse(answer.body) : Object.fromEntries(new URLSearchParams(answer.body));
        const token = { login: people.get(fields(request).code), end: seconds() + 8 * 3600 };
        if (issued.access_token) tokens.set(issued.access_token, token);
      } else if (path.endsWith("/access_tokens") && answer.status === 201) {
        const end = seconds() + spec.token_seconds;
        const issued = { ...JSON.parse(answer.body), expires_at: new Date(end * 1000).toISOString().replace(".000Z", "Z") };
        tokens.set(issued.token, { end });
        return { status: 201, body: issued };
      } else if (/^\/app\/installations\/\d+$/.test(path) && answer.status === 200) {
        return { status: 200, body: dressed(JSON.parse(answer.body)) };
      } else if (path === "/app/installations" && answer.status === 200) {
        const all = JSON.parse(answer.body).filter(({ id }) => !removed.has(id));
        return { status: 200, body: all.map(dressed) };
      }
      return answer;
    },
  };

  /** The page on which a person picks where to install the App, and what its button does. */
  const installPage = async (request) => {
    if (request.method === "GET" && request.path === `/apps/${spec.slug}/installations/new`) {
      const state = request.query.get("state") ?? "";
      const button = ({ id, account }) =>
        `<form method="post" action="/apps/${spec.slug}/installations"><input type="hidden" name="installation_id" value="${id}">` +
        `<input type="hidden" name="state" value="${encodeURIComponent(state)}"><button>Install on ${account.login}</button></form>`;
      const page = `<!doctype html><title>Install Patchbay</title>${(await installations()).map(button).join("")}`;
      return { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: page };
    }
    if (request.method !== "POST" || request.path !== `/apps/${spec.slug}/installations`) return NOT_FOUND;
    const { installation_id, state } = fields(request);
    const target = new URL(spec.setup_url);
    if (spec.authorize_on_install) target.searchParams.set("code", await codeOf(Object.keys(spec.sees)[0]));
    target.searchParams.set("installation_id", installation_id);
    target.searchParams.set("setup_action", "install");
    if (state) target.searchParams.set("state", decodeURIComponent(state));
    return { status: 302, headers: { location: target.href } };
  };

  /** A code as a person gets it who signs in. */
  const codeOf = async (login) => {
    const form = { login, redirect_uri: spec.setup_url, client_id: spec.client_id, scope: "", state: "" };
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const text = new URLSearchParams(form).toString();
    const answer = await context.ask({ method: "POST", path: "/login/oauth/callback", headers, text });
    const code = new URL(answer.headers.location).searchParams.get("code");
    people.set(code, login);
    return code;
  };

  return { rules, words };
}
