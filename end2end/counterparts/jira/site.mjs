// Sites, who signed in, projects with their statuses, and people.

import { answered, undocumented, whole } from "../vendor/routes.mjs";
import { resources } from "../jira.mjs";
import { base, issueType, problem, project, SITE, status, user } from "./shapes.mjs";

const READ = "read:jira-work";

/** The routes. */
export function siteRoutes(vendor) {
  return [
    {
      method: "GET",
      path: "/oauth/token/accessible-resources",
      answer: ({ token }) => ({ body: resources(vendor, token.scope) }),
    },
    {
      method: "GET",
      path: `${SITE}/myself`,
      query: ["expand"],
      scope: "read:jira-user",
      answer: () => ({ body: user(vendor, vendor.board.me) }),
    },
    {
      method: "GET",
      path: `${SITE}/project/search`,
      query: ["startAt", "maxResults", "orderBy", "query", "status", "expand", "typeKey"],
      scope: READ,
      answer: (call) => search(vendor, call),
    },
    { method: "GET", path: `${SITE}/project/{project}/statuses`, scope: READ, answer: (call) => statuses(vendor, call) },
    {
      method: "GET",
      path: `${SITE}/user/assignable/search`,
      query: ["query", "accountId", "project", "issueKey", "issueId", "startAt", "maxResults", "recommend"],
      scope: "read:jira-user",
      answer: (call) => assignable(vendor, call),
    },
    {
      method: "GET",
      path: `${SITE}/user/search`,
      query: ["query", "accountId", "property", "startAt", "maxResults"],
      scope: "read:jira-user",
      answer: (call) => users(vendor, call),
    },
  ].map((route) => onSite(vendor, route));
}

/** A route that is only there below a site that the token sees. */
export function onSite(vendor, route) {
  const answer = (call) => {
    const { cloud } = call.params;
    if (cloud !== undefined && !vendor.part.sites.some(({ id }) => id === cloud))
      throw undocumented(`there is no site ${cloud}`, 404);
    return route.answer(call);
  };
  return { ...route, answer };
}

/** The project of a path or a field, by id or key. */
export function projectOf(vendor, word) {
  const found = vendor.board.projects.find(({ id, key }) => id === word || key === word);
  if (found) return found;
  throw answered(404, problem(`No project could be found with key '${word}'.`));
}

function search(vendor, { query }) {
  const [from, size] = [whole(query, "startAt", 0), whole(query, "maxResults", 50, 100)];
  const wanted = (query.query ?? "").toLowerCase();
  const found = vendor.board.projects.filter(({ key, name }) => `${key} ${name}`.toLowerCase().includes(wanted));
  const values = found.slice(from, from + size).map((one) => project(vendor, one));
  const isLast = from + size >= found.length;
  const self = `${base(vendor)}/project/search?startAt=${from}&maxResults=${size}`;
  const next = isLast ? {} : { nextPage: `${base(vendor)}/project/search?startAt=${from + size}&maxResults=${size}` };
  return { body: { self, ...next, maxResults: size, startAt: from, total: found.length, isLast, values } };
}

function statuses(vendor, { params }) {
  const found = projectOf(vendor, params.project);
  const shown = found.statuses.map((one) => status(vendor, one));
  const body = found.types.map((type) => {
    const { self, id, name, subtask } = issueType(vendor, type);
    return { self, id, name, subtask, statuses: shown };
  });
  return { body };
}

function assignable(vendor, { query }) {
  if (!query.project && !query.issueKey && !query.issueId)
    throw answered(400, problem("Either 'project' or 'issueKey' must be specified."));
  if (query.project) projectOf(vendor, query.project);
  const item = query.issueKey ?? query.issueId;
  if (item && !vendor.board.item(item))
    throw answered(404, problem("Issue does not exist or you do not have permission to see it."));
  return { body: people(vendor, query) };
}

function users(vendor, { query }) {
  if (!query.query && !query.accountId && !query.property)
    throw answered(400, problem("Either 'query', 'accountId' or 'property' must be specified."));
  return { body: people(vendor, query) };
}

/** Whose name or address begins like this, or who has this account. */
function people(vendor, query) {
  const [from, size] = [whole(query, "startAt", 0), whole(query, "maxResults", 50, 1000)];
  const wanted = (query.query ?? "").toLowerCase();
  const found = vendor.board.people.filter(({ id, name, email }) => {
    if (query.accountId) return id === query.accountId;
    return [name, ...name.split(" "), email].some((text) => text.toLowerCase().startsWith(wanted));
  });
  return found.slice(from, from + size).map((person) => user(vendor, person));
}
