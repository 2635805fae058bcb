// Linear, played by `emulate`: OAuth with PKCE, rotating refresh tokens, revocation, GraphQL.
//
// Specification: redirect_uris (needed), client_id, client_secret, scopes, actor ("user" or "app"), access_seconds,
// pkce (false: not asked for). Words of the control route: those of `Control`, and `expire` (every access token so far
// ends) and `revoke` ("all": the person removed the app over there).

import { fields, front, shown } from "./front.mjs";

const REFUSAL = {
  errors: [
    {
      message: "Authentication required, not authenticated",
      extensions: {
        type: "authentication error",
        code: "AUTHENTICATION_ERROR",
        statusCode: 401,
        userError: true,
        userPresentableMessage: "You need to authenticate to access this operation.",
      },
    },
  ],
};

await front("linear", (_url, given) => {
  const spec = {
    client_id: "lin_patchbay",
    client_secret: "linear-client-secret",
    scopes: ["read", "write", "issues:create", "comments:create"],
    actor: "app",
    access_seconds: 86_400,
    pkce: true,
    ...given,
  };
  /** Access tokens that were given and are good, with their end. */
  const good = new Map();
  /** Refresh tokens that were given. */
  const refreshable = new Set();
  const now = () => Date.now();

  const seed = {
    linear: {
      organization: { name: "Acme", url_key: "acme" },
      users: [{ email: "lee@acme.test", name: "Lee Linear", admin: true }],
      oauth_apps: [
        {
          client_id: spec.client_id,
          client_secret: spec.client_secret,
          name: "Patchbay",
          redirect_uris: spec.redirect_uris,
          scopes: spec.scopes,
          actor: spec.actor,
        },
      ],
      strict_scopes: true,
    },
  };

  const rules = {
    start({ ask }) {
      words.revoke = async () => {
        for (const token of [...good.keys(), ...refreshable]) {
          const headers = { "content-type": "application/x-www-form-urlencoded" };
          await ask({ method: "POST", path: "/oauth/revoke", headers, text: new URLSearchParams({ token }).toString() });
        }
        good.clear();
        refreshable.clear();
      };
    },

    async before(request, { control }) {
      const { method, path, query } = request;
      if (path === "/oauth/authorize" && method === "GET") {
        control.counts.authorize += 1;
        if (spec.pkce && (query.get("code_challenge_method") !== "S256" || !query.get("code_challenge"))) {
          return { status: 400, body: control.refuse("authorize: a code_challenge by S256 is needed") };
        }
      } else if (path === "/oauth/token" && method === "POST") {
        const kind = fields(request).grant_type === "refresh_token" ? "refresh" : "token";
        if (await control.call(kind)) return { status: 503, body: "upstream connect error" };
        if (!(request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded")) {
          const reason = control.refuse("token: only a form is taken");
          return { status: 400, body: { error: "invalid_request", error_description: reason } };
        }
      } else if (path === "/oauth/revoke" && method === "POST") {
        if (await control.call("revoke")) return { status: 503, body: "upstream connect error" };
        const { token, access_token } = fields(request);
        good.delete(token ?? access_token);
      } else if (path === "/graphql" && method === "POST") {
        if (control.api("POST /graphql")) return { status: 503, body: "upstream connect error" };
        const end = good.get(shown(request));
        if (!/^Bearer /.test(request.headers.authorization ?? "") || end === undefined || end <= now()) {
          return { status: 401, body: REFUSAL };
        }
        // Linear's organization has a picture; that of `emulate` does not.
        request.text = request.text.replace(/\blogoUrl\b/g, "");
      } else if (!path.startsWith("/oauth/authorize") && !path.startsWith("/_emulate/")) {
        return { status: 404, body: { error: control.refuse(`there is no ${method} ${path}`) } };
      }
      return undefined;
    },

    after(request, answer, { control }) {
      if (request.path === "/oauth/token" && answer.status === 200) {
        const issued = JSON.parse(answer.body);
        good.set(issued.access_token, now() + spec.access_seconds * 1000);
        refreshable.add(issued.refresh_token);
        const scope = control.settings.scope ?? issued.scope;
        return { status: 200, body: { ...issued, expires_in: spec.access_seconds, scope, ...control.settings.extra } };
      }
      return answer;
    },
  };

  const words = {
    expire: () => void [...good.keys()].forEach((token) => good.set(token, 0)),
    revoke: undefined,
  };
  const facts = () => ({ client_id: spec.client_id, client_secret: spec.client_secret, scopes: spec.scopes });
  return { seed, rules, words, facts };
});
