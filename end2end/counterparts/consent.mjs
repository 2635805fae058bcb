// The person at the provider: signs in and consents by itself, or is asked on a page.

import { textOf } from "./common.mjs";

/** Answers the page of an interaction of `oidc-provider`. */
export async function consent(ctx, provider, spec, control) {
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  if (spec.page && ctx.method === "GET") {
    ctx.type = "html";
    ctx.body =
      `<!doctype html><title>Sign in</title><h1>Patchbay asks for access</h1>` +
      `<form method="post" action="${ctx.path}"><button name="answer" value="allow">Allow</button>` +
      `<button name="answer" value="cancel">Cancel</button></form>`;
    return;
  }
  const answer = spec.page ? new URLSearchParams(await textOf(ctx.req)).get("answer") : "allow";
  const denied = answer === "cancel" || control.settings.deny;
  const result = denied ? { error: "access_denied", error_description: "The person said no." } : await given(provider, details);
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
}

/** A person who signs in and gives everything that is asked for. */
async function given(provider, { params }) {
  const grant = new provider.Grant({ accountId: "casey", clientId: params.client_id });
  grant.addOIDCScope(params.scope ?? "");
  return { login: { accountId: "casey" }, consent: { grantId: await grant.save() } };
}
