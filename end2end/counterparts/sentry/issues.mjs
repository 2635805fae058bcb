// Organizations, issues and comments.

import { answered, only, undocumented, whole } from "../vendor/routes.mjs";
import { teamOf } from "../sentry.mjs";

const STATES = { resolved: "resolved", resolvedInNextRelease: "resolved", unresolved: "unresolved", ignored: "ignored" };
const NOT_THERE = { detail: "The requested resource does not exist" };

/** The routes. */
export function issueRoutes(vendor) {
  const one = "/api/0/organizations/{org}";
  const issueAt = `${one}/issues/{issue}/`;
  const comments = "/api/0/issues/{issue}/comments/";
  const json = "application/json";
  return [
    { method: "GET", path: "/api/0/organizations/", scope: "org:read", answer: () => ({ body: [listed(vendor)] }) },
    { method: "GET", path: `${one}/`, scope: "org:read", answer: (call) => organization(vendor, call) },
    {
      method: "GET",
      path: `${one}/issues/`,
      query: ["query", "limit"],
      scope: "event:read",
      answer: (call) => search(vendor, call),
    },
    {
      method: "GET",
      path: issueAt,
      scope: "event:read",
      answer: (call) => ({ body: issue(vendor, issueOf(vendor, call)) }),
    },
    { method: "PUT", path: issueAt, json, scope: "event:write", answer: (call) => update(vendor, call) },
    {
      method: "GET",
      path: comments,
      scope: "event:read",
      answer: (call) => ({ body: issueOf(vendor, call).comments.map(comment).reverse() }),
    },
    { method: "POST", path: comments, json, scope: "event:write", answer: (call) => say(vendor, call) },
  ];
}

function listed({
  part: {
    organization: { id, slug, name },
  },
}) {
  return {
    avatar: { avatarType: "letter_avatar", avatarUuid: null },
    dateCreated: "2018-11-06T21:19:55.101Z",
    hasAuthProvider: false,
    id,
    isEarlyAdopter: false,
    links: { organizationUrl: `https://${slug}.sentry.io`, regionUrl: "https://us.sentry.io" },
    name,
    require2FA: false,
    slug,
    status: { id: "active", name: "active" },
  };
}

/** Asserts that a path is about the organization; it may be named by id or slug. */
function known(
  {
    part: {
      organization: { id, slug },
    },
  },
  { params },
) {
  if (params.org !== undefined && ![id, slug].includes(params.org)) throw answered(404, NOT_THERE);
}

function organization(vendor, call) {
  known(vendor, call);
  const { id, slug, name, status } = listed(vendor);
  return { body: { id, slug, name, status } };
}

function issueOf(vendor, call) {
  known(vendor, call);
  const found = vendor.board.items.get(call.params.issue);
  if (found) return found;
  throw answered(404, NOT_THERE);
}

/** Who has an issue. */
export function holder(assignee) {
  if (!assignee) return null;
  const { id, name, email, isTeam, hidden } = assignee;
  return isTeam ? { type: "team", id, name } : { type: "user", id, name, ...(!hidden && { email }) };
}

/** An issue. */
export function issue({ part }, item) {
  const { id, slug, name } = item.project;
  const permalink = `https://${part.organization.slug}.sentry.io/issues/${item.id}/`;
  const { status, title } = item;
  return {
    id: item.id,
    shortId: item.name,
    title,
    permalink,
    status,
    project: { id, slug, name },
    assignedTo: holder(item.assignee),
  };
}

/** A comment. */
function comment({ id, author, text, at }) {
  const user = { id: author.id, name: author.name, email: author.email };
  return { id, user, type: "note", data: { text }, dateCreated: new Date(at).toISOString() };
}

function update(vendor, call) {
  const item = issueOf(vendor, call);
  const { status, assignedTo } = only(call.body, ["status", "assignedTo"]);
  const wanted = {};
  if (status === undefined && assignedTo === undefined) throw undocumented("nothing is changed");
  if (status !== undefined) {
    wanted.status = STATES[status];
    if (!wanted.status) throw answered(400, { status: [`"${status}" is not a valid choice.`] });
  }
  if (assignedTo !== undefined) {
    if (typeof assignedTo !== "string") throw undocumented("assignedTo is no text");
    wanted.assignee = assignedTo === "" ? null : actor(vendor, assignedTo);
    if (wanted.assignee === undefined) throw answered(400, { assignedTo: ["Unable to find user or team."] });
  }
  for (const [field, value] of Object.entries(call.body)) vendor.wrote(item, field, value);
  vendor.write(item, wanted);
  return { body: issue(vendor, item) };
}

function actor({ board, part }, word) {
  const id = /^user:(.+)$/.exec(word)?.[1];
  return id === undefined
    ? (teamOf(part.teams, word) ?? board.person(word))
    : board.people.find((person) => person.id === id);
}

function say(vendor, call) {
  const item = issueOf(vendor, call);
  const { text } = only(call.body, ["text!"]);
  if (typeof text !== "string" || text === "") throw answered(400, { text: ["This field may not be blank."] });
  vendor.wrote(item, "comment", text);
  vendor.write(item, { comment: text });
  return { status: 201, body: comment(item.comments.at(-1)) };
}

/** Sentry's own query language: `is:`, `issue.id:`, `issue:`, and words of the title. */
function search(vendor, call) {
  known(vendor, call);
  const limit = whole(call.query, "limit", 100, 100);
  const words = (call.query.query ?? "is:unresolved").match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  const tests = words.map((word) => {
    const [, key, value] = /^([\w.]+):(.+)$/.exec(word) ?? [];
    const wanted = (value ?? word).replaceAll('"', "").toLowerCase();
    if (key === "is") {
      if (!["unresolved", "resolved", "ignored", "archived", "assigned", "unassigned"].includes(wanted))
        throw wrongQuery(wanted);
      if (wanted.endsWith("assigned")) return (item) => (item.assignee === null) === (wanted === "unassigned");
      return (item) => item.status === (wanted === "archived" ? "ignored" : wanted);
    }
    if (key === "issue.id") return (item) => item.id === wanted;
    if (key === "issue") return (item) => item.name.toLowerCase() === wanted;
    if (key !== undefined && key !== "title") throw wrongQuery(key);
    return (item) => `${item.title} ${item.name}`.toLowerCase().includes(wanted);
  });
  const found = [...vendor.board.items.values()].filter((item) => tests.every((test) => test(item)));
  return { body: found.slice(0, limit).map((item) => issue(vendor, item)) };
}

function wrongQuery(word) {
  return answered(400, { detail: `Error parsing search query: Invalid value "${word}".` });
}
