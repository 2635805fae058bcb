// Issues: read, moved, assigned, commented on, searched.

import { answered, only, undocumented, whole } from "../vendor/routes.mjs";
import { checkDocument, textOf } from "./adf.mjs";
import { read as readJql } from "./jql.mjs";
import { comment, issue, problem, SITE, status, user, when } from "./shapes.mjs";
import { onSite } from "./site.mjs";

const JSON_BODY = "application/json";
const [READ, WRITE] = ["read:jira-work", "write:jira-work"];
const SEARCH = ["jql", "nextPageToken", "maxResults", "fields", "expand", "properties", "fieldsByKeys", "failFast"];

/** The routes. */
export function issueRoutes(vendor) {
  const one = `${SITE}/issue/{issue}`;
  return [
    {
      method: "GET",
      path: one,
      query: ["fields", "expand", "properties", "fieldsByKeys", "updateHistory", "failFast"],
      scope: READ,
      answer: (call) => read(vendor, call),
    },
    {
      method: "GET",
      path: `${one}/transitions`,
      query: ["expand", "transitionId", "skipRemoteOnlyCondition", "includeUnavailableTransitions", "sortByOpsBarAndStatus"],
      scope: READ,
      answer: (call) => ({
        body: {
          expand: "transitions",
          transitions: transitions(vendor, issueOf(vendor, call)).map(shownTransition(vendor)),
        },
      }),
    },
    { method: "POST", path: `${one}/transitions`, json: JSON_BODY, scope: WRITE, answer: (call) => move(vendor, call) },
    { method: "PUT", path: `${one}/assignee`, json: JSON_BODY, scope: WRITE, answer: (call) => assign(vendor, call) },
    {
      method: "GET",
      path: `${one}/comment`,
      query: ["startAt", "maxResults", "orderBy", "expand"],
      scope: READ,
      answer: (call) => comments(vendor, call),
    },
    {
      method: "POST",
      path: `${one}/comment`,
      query: ["expand"],
      json: JSON_BODY,
      scope: WRITE,
      answer: (call) => say(vendor, call),
    },
    {
      method: "GET",
      path: `${SITE}/search/jql`,
      query: SEARCH,
      scope: READ,
      answer: ({ query }) => search(vendor, shaped(query)),
    },
    {
      method: "POST",
      path: `${SITE}/search/jql`,
      json: JSON_BODY,
      scope: READ,
      answer: ({ body }) => search(vendor, only(body, SEARCH)),
    },
  ].map((route) => onSite(vendor, route));
}

function issueOf({ board }, { params }) {
  const found = board.item(params.issue);
  if (found) return found;
  throw answered(404, problem("Issue does not exist or you do not have permission to see it."));
}

function read(vendor, call) {
  const item = issueOf(vendor, call);
  const body = issue(vendor, item, call.query.fields?.split(","));
  if (!call.query.expand?.split(",").includes("changelog")) return { body };
  const histories = [...item.histories]
    .reverse()
    .map(({ id, author, at, items }) => ({ id, author: user(vendor, author), created: when(at), items }));
  return { body: { ...body, changelog: { startAt: 0, maxResults: histories.length, total: histories.length, histories } } };
}

/** Where an issue may go from where it is. */
function transitions({ spec }, item) {
  const { statuses } = item.project;
  const allowed = spec.workflow?.[item.status];
  const places = statuses.map((to, at) => ({ id: String(11 + 10 * at), name: `To ${to.name}`, to }));
  return places.filter(({ to }) => !allowed || allowed.includes(to.name));
}

function shownTransition(vendor) {
  const flags = {
    hasScreen: false,
    isGlobal: true,
    isInitial: false,
    isAvailable: true,
    isConditional: false,
    isLooped: false,
  };
  return ({ id, name, to }) => ({ id, name, to: status(vendor, to), ...flags });
}

function move(vendor, call) {
  const item = issueOf(vendor, call);
  const { transition } = only(call.body, ["transition!", "fields", "update", "historyMetadata", "properties"]);
  const { id } = only(transition, ["id!"], "the transition");
  if (call.body.fields || call.body.update) throw undocumented("a transition without a screen sets no fields");
  const found = transitions(vendor, item).find((known) => known.id === id);
  if (!found) throw answered(400, problem(`Transition id '${id}' is not valid for this issue.`));
  vendor.wrote(item, "status", found.to.name);
  vendor.write(item, { status: found.to.name });
  return { status: 204 };
}

function assign(vendor, call) {
  const item = issueOf(vendor, call);
  const { accountId } = only(call.body, ["accountId"]);
  if (accountId === undefined) throw undocumented("there is no accountId");
  const person = accountId === null ? null : vendor.board.people.find(({ id }) => id === accountId);
  if (person === undefined) throw answered(400, problem("", { assignee: `User '${accountId}' cannot be assigned issues.` }));
  vendor.wrote(item, "assignee", accountId);
  vendor.write(item, { assignee: person });
  return { status: 204 };
}

function comments(vendor, call) {
  const item = issueOf(vendor, call);
  const { query } = call;
  const [from, size] = [whole(query, "startAt", 0), whole(query, "maxResults", 5000, 5000)];
  const order = query.orderBy ?? "created";
  if (!["created", "+created", "-created"].includes(order)) throw undocumented(`orderBy is ${order}`);
  const sorted = order === "-created" ? [...item.comments].reverse() : item.comments;
  const page = sorted.slice(from, from + size).map((said) => comment(vendor, item, said));
  return { body: { comments: page, maxResults: size, startAt: from, total: sorted.length } };
}

function say(vendor, call) {
  const item = issueOf(vendor, call);
  const { body } = only(call.body, ["body!", "visibility", "properties"]);
  checkDocument(body, "the comment");
  vendor.wrote(item, "comment", textOf(body));
  vendor.write(item, { comment: { body, text: textOf(body) } });
  return { status: 201, body: comment(vendor, item, item.comments.at(-1)) };
}

/** The parameters of a GET, as a POST has them. */
function shaped({ fields, maxResults, ...query }) {
  return {
    ...query,
    ...(fields && { fields: fields.split(",") }),
    ...(maxResults && { maxResults: whole({ maxResults }, "maxResults") }),
  };
}

function search(vendor, { jql, nextPageToken, maxResults = 50, fields }) {
  if (typeof jql !== "string") throw undocumented("there is no jql");
  if (!Number.isInteger(maxResults) || maxResults < 1 || maxResults > 5000)
    throw undocumented("maxResults is not a number up to 5000");
  const { test, clauses, isDescending } = readJql(jql, vendor.board);
  if (clauses.length === 0)
    throw answered(
      400,
      problem("Unbounded JQL queries are not allowed here. Please add a search restriction to your query."),
    );
  const found = [...vendor.board.items.values()].filter(test);
  if (isDescending) found.sort((one, other) => other.changed - one.changed);
  const from = Number(Buffer.from(nextPageToken ?? "", "base64url").toString() || 0);
  const isLast = from + maxResults >= found.length;
  const issues = found
    .slice(from, from + maxResults)
    .map((item) => (fields ? issue(vendor, item, fields) : { id: item.id }));
  const next = isLast ? {} : { nextPageToken: Buffer.from(String(from + maxResults)).toString("base64url") };
  return { body: { isLast, issues, ...next } };
}
