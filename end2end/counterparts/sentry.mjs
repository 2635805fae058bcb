// Sentry: the issues of the organization with the id "2", their comments, and the webhooks of an integration.
//
// Specification of its own:
//   organization       {id: "2", slug, name}
//   projects           a number (1), or [{id, slug, name}]
//   teams              [{id, name}], who can have issues, too
//   hook               {url, secret}: where webhooks go, and what signs them; without: none is sent
//   tells_unassign     false: like Sentry, which sends no webhook when an issue is taken from somebody
// Its own orders: hook {url, secret} or null, rename SLUG (of the organization), edit_comment {item, id, text}, delete_comment {item, id}.
// States: "unresolved", "resolved", "ignored". Comments as tests see them are those of the issue's activity.
//
// Source: https://docs.sentry.io/api/events/, https://docs.sentry.io/organization/integrations/integration-platform/webhooks/.

import { randomUUID } from "node:crypto";
import { issueRoutes } from "./sentry/issues.mjs";
import { commentWebhook, webhooks } from "./sentry/hooks.mjs";
import { itemOf } from "./vendor/orders.mjs";

/** How the vendor does OAuth. */
export const oauth = {
  authorize_path: "/oauth/authorize/",
  token_path: "/oauth/token/",
  access_seconds: 2591999,
  scopes: ["org:read", "project:read", "team:read", "event:read", "event:write", "alerts:read"],
  extra: { token_type: "bearer", user: { id: "2", name: "foo", email: "foo@fabrikam.example.com" } },
  refusal: { status: 400, body: { error: "{error}" } },
};

/** What only this vendor does. */
export function play(vendor) {
  const { spec } = vendor;
  const slug = "the-interstellar-jurisdiction";
  const organization = { id: "2", slug, name: "The Interstellar Jurisdiction", ...spec.organization };
  const teams = spec.teams ?? [{ id: "7", name: "platform" }];
  const projects = projectsOf(spec);
  let hook = spec.hook ?? null;
  const part = {
    organization,
    teams,
    projects,
    routes: issueRoutes(vendor),
    refusal: (status, detail) => ({ status, body: { detail } }),
    unauthorized: () => ({ status: 401, body: { detail: "Invalid token" } }),
    forbidden: () => ({ status: 403, body: { detail: "You do not have permission to perform this action." } }),
    person: (at) => ({ id: String(at + 2) }),
    item: newIssue,
    comment: (text) => text,
    statuses: () => ["unresolved", "resolved", "ignored"],
    otherStatus: ({ status }) => (status === "resolved" ? "unresolved" : "resolved"),
    /** A team can be named as `team:7`. */
    holder: (word) => teamOf(teams, word),
    hook: () => hook,
    hooks: () => (hook ? [{ url: hook.url }] : []),
    webhooks: (...change) => webhooks(vendor, ...change),
    renumbered: (delivery) => ({
      ...delivery,
      headers: { ...delivery.headers, "request-id": randomUUID().replaceAll("-", "") },
    }),
    words: {
      hook: (value) => void (hook = value),
      rename: (slug) => void (organization.slug = slug),
      edit_comment: (wanted) => editComment(vendor, wanted),
      delete_comment: (wanted) => editComment(vendor, { ...wanted, text: null }),
    },
    facts: () => ({
      organization_id: organization.id,
      slug: organization.slug,
      projects,
      users: vendor.board.people.slice(0, 100).map(({ id, name, email }) => ({ id, name, email })),
      items: [...vendor.board.items.values()].slice(0, 100).map(({ id, name }) => ({ id, short_id: name })),
    }),
  };
  return part;
}

/** A team, if a word names one. */
export function teamOf(teams, word) {
  const id = /^team:(.+)$/.exec(word)?.[1];
  const found = teams.find((team) => team.id === id);
  return found && { ...found, isTeam: true };
}

function projectsOf({ projects = 1 }) {
  const list = Array.isArray(projects) ? projects : Array.from({ length: projects }, () => ({}));
  return list.map((given, at) => {
    const slug = given.slug ?? ["api", "web"][at] ?? `project-${at + 1}`;
    return { id: String(at + 1), name: slug, ...given, slug };
  });
}

const counted = new Map();

function newIssue(project, number, { status, id = String(4_000 + number), short_id: shortId }) {
  const place = (counted.get(project.slug) ?? 0) + 1;
  counted.set(project.slug, place);
  return { id: String(id), name: shortId ?? `${project.slug.toUpperCase()}-${place}`, status: status ?? "unresolved" };
}

/** Somebody changes a comment, or takes it away. */
async function editComment(vendor, { item: id, id: comment, text }) {
  const item = itemOf(vendor, id);
  const found = item.comments.find((said) => said.id === String(comment));
  if (!found) throw new Error(`${item.name} has no comment ${comment}`);
  if (text === null) item.comments.splice(item.comments.indexOf(found), 1);
  else found.text = text;
  const action = text === null ? "deleted" : "updated";
  const delivered = [];
  for (const delivery of commentWebhook(vendor, item, found, found.author, action))
    delivered.push(await vendor.deliveries.push(delivery));
  return { item: vendor.board.state(item), delivered };
}
