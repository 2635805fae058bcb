// Webhooks that an OAuth app registers: for a subset of JQL, for thirty days, signed with the app's secret.

import { createHmac, randomUUID } from "node:crypto";
import { answered, only, undocumented, whole } from "../vendor/routes.mjs";
import { read as readJql } from "./jql.mjs";
import { comment, issue, problem, SITE, statusOf, user, when } from "./shapes.mjs";
import { onSite } from "./site.mjs";

const SCOPE = "manage:jira-webhook";
const EVENTS = [
  "jira:issue_created",
  "jira:issue_updated",
  "jira:issue_deleted",
  "comment_created",
  "comment_updated",
  "comment_deleted",
];
/** What a webhook's filter may name. */
const FIELDS = ["issuekey", "project", "issuetype", "status", "assignee", "reporter"];
const DAY = 24 * 3600 * 1000;

/** The routes. */
export function hookRoutes(vendor) {
  const path = `${SITE}/webhook`;
  const json = "application/json";
  return [
    { method: "POST", path, json, scope: SCOPE, answer: (call) => register(vendor, call) },
    { method: "GET", path, query: ["startAt", "maxResults"], scope: SCOPE, answer: (call) => list(vendor, call) },
    { method: "DELETE", path, json, scope: SCOPE, answer: (call) => remove(vendor, call) },
    { method: "PUT", path: `${path}/refresh`, json, scope: SCOPE, answer: (call) => refresh(vendor, call) },
  ].map((route) => onSite(vendor, route));
}

/** Those that have not ended. */
function alive(vendor) {
  const { registry } = vendor.part;
  for (const { id, expires } of registry.values()) if (expires <= vendor.now()) registry.delete(id);
  return [...registry.values()];
}

function life(vendor) {
  return vendor.now() + (vendor.spec.hook_days ?? 30) * DAY;
}

let next = 1000;
let lastChange = 10_040;

/** The id of an entry of a changelog: no two are the same, on whatever issue. */
export function nextChange() {
  return String((lastChange += 1));
}

function register(vendor, { body }) {
  const { url, webhooks: wanted } = only(body, ["url!", "webhooks!"]);
  if (!URL.canParse(url)) throw answered(400, problem("The webhook URL is not valid."));
  const other = alive(vendor).find((hook) => hook.url !== url);
  if (other) throw answered(400, problem("Only a single URL per app is allowed to be registered."));
  if (!Array.isArray(wanted) || wanted.length === 0) throw undocumented("there are no webhooks");
  const results = wanted.map((hook) => {
    const { jqlFilter, events, ...filters } = only(
      hook,
      ["jqlFilter!", "events!", "fieldIdsFilter", "issuePropertyKeysFilter"],
      "a webhook",
    );
    const unknown = events.find((event) => !EVENTS.includes(event));
    if (unknown) return { errors: [`The event ${unknown} is not supported.`] };
    const error = wrongFilter(vendor, jqlFilter);
    if (error) return { errors: [error] };
    // A person has five of an app's webhooks on a site.
    if (alive(vendor).length >= 5) return { errors: ["The maximum number of webhooks for this app was reached."] };
    const id = (next += 1);
    vendor.part.registry.set(id, { id, url, jqlFilter, events, ...filters, expires: life(vendor) });
    return { createdWebhookId: id };
  });
  return { body: { webhookRegistrationResult: results } };
}

function wrongFilter({ board }, jql) {
  try {
    const { clauses } = readJql(jql, board);
    const field = clauses.find((clause) => !FIELDS.includes(clause.field))?.field;
    if (field) return `The clause ${field} is unsupported`;
    const operator = clauses.find((clause) => clause.operator.endsWith("~"))?.operator;
    return operator ? `The operator ${operator} is unsupported` : undefined;
  } catch (error) {
    return error.answer?.body.errorMessages[0] ?? error.message;
  }
}

function list(vendor, { query }) {
  const [startAt, maxResults] = [whole(query, "startAt", 0), whole(query, "maxResults", 100, 100)];
  const all = alive(vendor);
  const values = all
    .slice(startAt, startAt + maxResults)
    .map(({ url: _, expires, ...hook }) => ({ ...hook, expirationDate: when(expires) }));
  return { body: { isLast: startAt + maxResults >= all.length, maxResults, startAt, total: all.length, values } };
}

function idsOf({ body }) {
  const { webhookIds } = only(body, ["webhookIds!"]);
  if (!Array.isArray(webhookIds) || webhookIds.length === 0 || !webhookIds.every(Number.isInteger))
    throw undocumented("webhookIds are no numbers");
  return webhookIds;
}

/** Those that are not there are ignored. */
function remove(vendor, call) {
  for (const id of idsOf(call)) vendor.part.registry.delete(id);
  return { status: 202 };
}

function refresh(vendor, call) {
  const ids = idsOf(call);
  const found = alive(vendor).filter(({ id }) => ids.includes(id));
  const expires = life(vendor);
  for (const hook of found) hook.expires = expires;
  return { body: { expirationDate: when(expires) } };
}

/** The webhooks about a change: one for the issue, one for a comment, where somebody registered for them. */
export function webhooks(vendor, item, changes, author) {
  const items = changes.filter(({ field }) => field !== "comment").map((change) => logged(item, change));
  const said = changes.find(({ field }) => field === "comment");
  const status = changes.find(({ field }) => field === "status");
  if (status && categoryOf(item, status.from) !== statusOf(item).category) item.categoryChanged = item.changed;
  if (items.length > 0) item.histories.push({ id: nextChange(), author, at: item.changed, items });
  const fields = items.map(({ fieldId }) => fieldId);
  const about = (event) =>
    alive(vendor).filter(({ events, jqlFilter, fieldIdsFilter }) => {
      const isWanted =
        event !== "jira:issue_updated" || !fieldIdsFilter || fields.some((field) => fieldIdsFilter.includes(field));
      return events.includes(event) && isWanted && readJql(jqlFilter, vendor.board).test(item);
    });
  const sent = [];
  if (items.length > 0) {
    const kind = items.length === 1 && items[0].field === "assignee" ? "issue_assigned" : "issue_generic";
    const changelog = { id: item.histories.at(-1).id, items };
    const body = { issue_event_type_name: kind, user: user(vendor, author), issue: issue(vendor, item), changelog };
    sent.push(...delivery(vendor, item, "jira:issue_updated", about("jira:issue_updated"), body));
  }
  if (said) {
    const body = {
      comment: comment(vendor, item, said.to),
      issue: issue(vendor, item, ["summary", "issuetype", "project", "assignee", "status"]),
    };
    sent.push(...delivery(vendor, item, "comment_created", about("comment_created"), body));
  }
  return sent;
}

function categoryOf({ project }, name) {
  return project.statuses.find((status) => status.name === name)?.category;
}

/** A line of the changelog. */
function logged({ project }, { field, from, to }) {
  const kind = { field, fieldtype: "jira", fieldId: field };
  if (field === "assignee")
    return {
      ...kind,
      from: from?.id ?? null,
      fromString: from?.name ?? null,
      to: to?.id ?? null,
      toString: to?.name ?? null,
    };
  const id = (name) => project.statuses.find((status) => status.name === name)?.id ?? null;
  return { ...kind, from: id(from), fromString: from, to: id(to), toString: to };
}

/** All that match go to the one address together. */
function delivery(vendor, item, event, hooks, more) {
  if (hooks.length === 0) return [];
  const body = JSON.stringify({
    timestamp: vendor.now(),
    webhookEvent: event,
    ...more,
    matchedWebhookIds: hooks.map(({ id }) => id),
  });
  const headers = {
    "content-type": "application/json; charset=utf-8",
    authorization: `Bearer ${jwt(vendor)}`,
    "x-atlassian-webhook-identifier": randomUUID(),
    "x-atlassian-webhook-flow": "Primary",
  };
  return [{ item: item.id, url: hooks[0].url, headers, body }];
}

/** A token signed with the app's client secret, for three minutes. */
function jwt(vendor) {
  const now = Math.floor(vendor.now() / 1000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: vendor.spec.client_id, iat: now, exp: now + 180 })}`;
  return `${signed}.${createHmac("sha256", vendor.spec.client_secret).update(signed).digest("base64url")}`;
}
