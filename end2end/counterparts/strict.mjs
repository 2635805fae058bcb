// Requests are taken only as the vendor documents them.

/** What is wrong with an authorization request. */
export function wrongAuthorize(spec, query) {
  const known = ["client_id", "redirect_uri", "response_type", "scope", "state"];
  const pkce = ["code_challenge", "code_challenge_method"];
  for (const [name, value] of Object.entries(spec.params)) {
    if (query[name] !== value) return `${name} is not ${JSON.stringify(value)}`;
  }
  for (const name of Object.keys(query)) {
    if (!known.includes(name) && !(name in spec.params) && !(spec.pkce && pkce.includes(name))) return `${name} is unknown`;
  }
  if (!query.state) return "there is no state";
  const asked = (query.scope ?? "").split(spec.scope_separator).filter(Boolean);
  const extra = asked.filter((scope) => !spec.scopes.includes(scope));
  return extra.length > 0 ? `no such scope: ${extra.join(", ")}` : null;
}

/** What is wrong with a token or revoke request, and its fields. */
export function wrongToken(spec, ctx, text, own) {
  const type = ctx.get("content-type").split(";")[0];
  const isJson = spec.body === "json";
  let form = {};
  try {
    form = isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
  } catch {
    return { wrong: "the body is not JSON", form };
  }
  const wanted = isJson ? "application/json" : "application/x-www-form-urlencoded";
  const wrong = type === wanted ? wrongFields(spec, ctx, form, own) : `the body is not ${wanted}`;
  for (const name of Object.keys(spec.token_fields)) delete form[name];
  return { wrong, form };
}

function wrongFields(spec, ctx, form, own) {
  for (const [name, value] of Object.entries(spec.headers)) {
    if (ctx.get(name) !== value) return `the header ${name} is not ${JSON.stringify(value)}`;
  }
  const isBasic = /^Basic /.test(ctx.get("authorization"));
  if (spec.client_auth === "basic" && (!isBasic || "client_secret" in form)) return "the client is named by HTTP Basic only";
  if (spec.client_auth !== "basic" && (ctx.get("authorization") || !form.client_secret)) return "the client is named in the body only";
  const client = spec.client_auth === "basic" ? ["client_id"] : ["client_id", "client_secret"];
  const isRefresh = form.grant_type === "refresh_token";
  const fields = isRefresh ? ["refresh_token"] : ["code", "redirect_uri", ...(spec.pkce ? ["code_verifier"] : [])];
  if (!own) {
    if (isRefresh && spec.refresh_path && ctx.path !== spec.refresh_path) return "a grant is refreshed elsewhere";
    if (!isRefresh && ctx.path !== spec.token_path) return "a code is exchanged elsewhere";
    for (const [name, value] of Object.entries(spec.token_fields)) {
      if (form[name] !== value) return `${name} is not ${JSON.stringify(value)}`;
    }
  }
  const known = [...client, ...(own ?? ["grant_type", ...fields, ...Object.keys(spec.token_fields)])];
  const unknown = Object.keys(form).find((name) => !known.includes(name));
  return unknown ? `${unknown} is unknown` : null;
}
