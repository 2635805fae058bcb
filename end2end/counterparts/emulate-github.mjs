// GitHub, played by `emulate`: a GitHub App with a private key, its installations, the sign-in of people, webhooks.
//
// Specification: redirect_uris (needed, those of the sign-in), setup_url (where the install page sends the browser),
// authorize_on_install (it then brings a code along), webhook_url, webhook_secret, client_id, client_secret, app_id,
// slug, token_seconds (life of an installation token), sees (login to ids of the installations that person sees).
// Words of the control route: those of `Control`, and `expire`, `revoke` ("all": no user token is good any more),
// `suspend`, `unsuspend`, `remove` (an installation's id; the webhook is sent), `deliver` ({event, payload, secret}),
// `jwt` ({forged, …claims}: answers a JWT of the App).
//
// Installations: 100 (organization acme), 101 (organization acme-labs), 102 (person octocat).

import { githubRules } from "./github-rules.mjs";
import { front } from "./front.mjs";

const PERMISSIONS = { metadata: "read", contents: "read", pull_requests: "write", issues: "write", members: "read" };

await front("github", (url, given) => {
  const spec = {
    app_id: 4242,
    slug: "patchbay-test",
    client_id: "Iv23liPatchbayTest",
    client_secret: "github-client-secret",
    webhook_secret: "github-webhook-secret",
    webhook_url: null,
    setup_url: given.redirect_uris[0],
    authorize_on_install: false,
    token_seconds: 3600,
    sees: { octocat: [100, 101, 102], hubot: [] },
    ...given,
  };
  const repository = (owner, name) => ({ owner, name, auto_init: true });
  const member = (login) => ({ login, role: "admin" });
  const seed = {
    github: {
      users: [
        { login: "octocat", name: "The Octocat", email: "octocat@acme.test" },
        { login: "hubot", name: "Hubot", email: "hubot@acme.test" },
      ],
      orgs: [
        { login: "acme", name: "Acme", members: [member("octocat")] },
        { login: "acme-labs", name: "Acme Labs", members: [member("octocat")] },
      ],
      repos: [repository("acme", "storefront"), repository("acme-labs", "rockets"), repository("octocat", "hello-world")],
      oauth_apps: [
        {
          client_id: spec.client_id,
          client_secret: spec.client_secret,
          name: "Patchbay",
          redirect_uris: spec.redirect_uris,
        },
      ],
      apps: [
        {
          app_id: spec.app_id,
          slug: spec.slug,
          name: "Patchbay",
          permissions: PERMISSIONS,
          events: ["issues", "push", "pull_request"],
          ...(spec.webhook_url ? { webhook_url: spec.webhook_url, webhook_secret: spec.webhook_secret } : {}),
          installations: [
            { installation_id: 100, account: "acme" },
            { installation_id: 101, account: "acme-labs" },
            { installation_id: 102, account: "octocat" },
          ],
        },
      ],
    },
  };
  const key = (emulator) => emulator.generatedSecrets.find((secret) => secret.kind === "github.app_private_key").value;
  const { rules, words } = githubRules(spec, key);
  const { app_id, slug, client_id, client_secret, webhook_secret } = spec;
  const facts = (emulator) => ({ app_id, slug, client_id, client_secret, webhook_secret, private_key: key(emulator) });
  return { seed, rules, words, facts };
});
