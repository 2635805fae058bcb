// Jira Cloud: projects, issues, people and webhooks of the site "Fabrikam", behind api.atlassian.com.
//
// Specification of its own:
//   projects           a number (2), or [{id, key, name, statuses: [["To Do", "new"], …], types: ["Task", "Bug"]}]
//   workflow           {"To Do": ["In Progress"]}: where an issue may go from there; without: anywhere
//   required           {Bug: [{fieldId, name, schema, allowedValues}]}: further fields without which nothing is created;
//                      the type of the schema is one of Jira's own: string, number, user, date, datetime, …
//   sites              [{id, name, url}] instead of the one site
//   hook_days 30       how long a webhook lives
// Users: `hidden` ones match a search by address, but the address is not shown.
// Its own orders: expire_hooks (all are gone now), rename_status {project, from, to}.
//
// Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/, webhooks:
// https://developer.atlassian.com/cloud/jira/platform/webhooks/.

import { randomUUID } from "node:crypto";
import { issueRoutes } from "./jira/issues.mjs";
import { newIssueRoutes } from "./jira/create.mjs";
import { hookRoutes, nextChange, webhooks } from "./jira/hooks.mjs";
import { siteRoutes } from "./jira/site.mjs";
import { problem } from "./jira/shapes.mjs";

const CLOUD_ID = "1324a887-45db-1bf4-1e99-ef0ff456d421";
const ICON = "https://site-admin-avatar-cdn.prod.public.atl-paas.net/avatars/240/flag.png";

/** How the vendor does OAuth: as auth.atlassian.com. */
export const oauth = {
  authorize_path: "/authorize",
  token_path: "/oauth/token",
  body: "json",
  scopes: ["read:jira-work", "write:jira-work", "read:jira-user", "manage:jira-webhook", "offline_access"],
  params: { audience: "api.atlassian.com", prompt: "consent" },
  extra: { token_type: "Bearer" },
  refusal: { status: 403, body: { error: "{error}", error_description: "{error_description}" } },
};

/** What only this vendor does. */
export function play(vendor) {
  const { spec } = vendor;
  const sites = spec.sites ?? [{ id: CLOUD_ID, name: "Fabrikam", url: "https://fabrikam.atlassian.net" }];
  const projects = projectsOf(spec);
  const hooks = new Map();
  return {
    sites,
    registry: hooks,
    projects,
    headers: ["x-atlassian-token"],
    routes: [...siteRoutes(vendor), ...issueRoutes(vendor), ...newIssueRoutes(vendor), ...hookRoutes(vendor)],
    refusal: (status, message) => ({ status, body: problem(message) }),
    unauthorized: () => ({ status: 401, body: { code: 401, message: "Unauthorized" } }),
    forbidden: () => ({ status: 401, body: { code: 401, message: "Unauthorized; scope does not match" } }),
    person: (at) => ({ id: `5b10a2844c20165700ede2${String(at + 21).padStart(2, "0")}g` }),
    item: newIssue,
    comment: (text) => ({ text, body: paragraph(text) }),
    statuses: ({ project }) => project.statuses.map(({ name }) => name),
    otherStatus({ project: { statuses }, status }) {
      const isDone = statuses.find(({ name }) => name === status)?.category === "done";
      return (
        statuses.find(({ category }) => (category === "done") !== isDone) ?? statuses.find(({ name }) => name !== status)
      ).name;
    },
    hooks: () =>
      [...hooks.values()].map(({ id, url, expires, events, jqlFilter }) => ({ id, url, expires, events, jqlFilter })),
    webhooks: (...change) => webhooks(vendor, ...change),
    renumbered(delivery) {
      const body = JSON.parse(delivery.body);
      if (body.changelog) body.changelog.id = nextChange();
      const headers = { ...delivery.headers, "x-atlassian-webhook-identifier": randomUUID() };
      return { ...delivery, headers, body: JSON.stringify(body) };
    },
    words: {
      expire_hooks: () => hooks.clear(),
      rename_status({ project, from, to }) {
        for (const status of vendor.board.project(project).statuses) if (status.name === from) status.name = to;
        for (const item of vendor.board.items.values()) if (item.status === from) item.status = to;
      },
    },
    facts: () => ({
      cloud_id: sites[0].id,
      site: sites[0].name,
      projects: projects.map(({ id, key, name }) => ({ id, key, name })),
      users: vendor.board.people.slice(0, 100).map(({ id, name, email }) => ({ id, name, email })),
      items: [...vendor.board.items.values()].slice(0, 100).map(({ id, name }) => ({ id, key: name })),
    }),
  };
}

/** The sites of an account, as its token sees them. */
export function resources({ part, control }, scope) {
  const scopes = (control.settings.scope ?? scope ?? "").split(" ").filter((name) => name && name !== "offline_access");
  return part.sites.map((site) => ({ avatarUrl: ICON, scopes, ...site }));
}

const USUAL = [
  ["To Do", "new"],
  ["In Progress", "indeterminate"],
  ["Done", "done"],
];

function projectsOf({ projects = 2 }) {
  const list = Array.isArray(projects) ? projects : Array.from({ length: projects }, () => ({}));
  return list.map((given, at) => {
    const key = given.key ?? ["OPS", "WEB"][at] ?? `P${at + 1}`;
    const { statuses = USUAL, types = ["Task", "Bug", "Story"] } = given;
    const usual = { id: String(10_000 + at), name: ["Operations", "Website"][at] ?? `Project ${at + 1}`, issues: 0 };
    return {
      ...usual,
      ...given,
      key,
      statuses: statuses.map((status, n) => statusOf(status, at, n)),
      types: types.map(typeOf),
    };
  });
}

/** The usual ones are shared by all projects; others are a project's own. */
function statusOf(given, project, at) {
  const [name, wanted] = typeof given === "string" ? [given] : given;
  const usual = USUAL.findIndex(([known]) => known === name);
  const id = usual >= 0 ? 10_000 + usual : 20_000 + project * 100 + at;
  return { id: String(id), name, category: wanted ?? USUAL[usual]?.[1] ?? "indeterminate" };
}

function typeOf(name, at) {
  const known = ["Task", "Bug", "Story"].indexOf(name);
  return { id: String(known >= 0 ? 10_001 + known : 10_101 + at), name };
}

function newIssue(project, number, { type, status, id = String(30_000 + number), key }) {
  project.issues += 1;
  const kind = project.types.find(({ name }) => name === (type ?? project.types[0].name));
  if (!kind) throw new Error(`${project.name} has no ${type}`);
  const name = key ?? `${project.key}-${project.issues}`;
  return {
    id: String(id),
    name,
    type: kind,
    status: status ?? project.statuses[0].name,
    histories: [],
    categoryChanged: undefined,
  };
}

function paragraph(text) {
  return { version: 1, type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text }] }] };
}
