// Azure DevOps Services: projects, work items, people and service hooks of the organization "fabrikam".
//
// Specification of its own:
//   projects           a number (3), or [{id, name, types: {Bug: ["New", ["Done", "Completed"]]}, hidden: ["Task"]}]
//   states             how many states a Bug has in projects that are made up (4)
//   only               {3: "Issue"}: the project at this place has only this type
//   missing_type       404 | "empty": the answer about states of a type that a project has not
//   required           {Bug: [{name, referenceName, type "string", allowedValues}]}: further fields without which nothing is
//                      created; the type is one of Azure DevOps' own, and a field of people is an "identity"
//   page_users         people on a page of graph users (100)
//   accounts           [{accountId, accountName}] instead of the one organization
// Its own orders: hook_status {id, status} (all hooks where there is no id), rename_state {project, from, to}.
//
// Source: https://learn.microsoft.com/en-us/rest/api/azure/devops, the versions that the routes name; service hooks:
// https://learn.microsoft.com/en-us/azure/devops/service-hooks/events.

import { randomUUID } from "node:crypto";
import { accountRoutes } from "./azure-devops/account.mjs";
import { hookRoutes, webhooks } from "./azure-devops/hooks.mjs";
import { itemRoutes } from "./azure-devops/items.mjs";
import { failure } from "./azure-devops/shapes.mjs";
import { typeRoutes } from "./azure-devops/types.mjs";
import { undocumented } from "./vendor/routes.mjs";

export const ORGANIZATION = "fabrikam";
const ACCOUNT_ID = "8f2a6f8c-1f2e-4a3b-9a5a-6cde0f2f77aa";
const DONE = ["resolved", "completed", "closed"];

/** How the vendor does OAuth: as Microsoft Entra. */
export const oauth = {
  authorize_path: "/common/oauth2/v2.0/authorize",
  token_path: "/common/oauth2/v2.0/token",
  access_seconds: 3599,
  scopes: ["499b84ac-1321-427f-aa17-267ca6975798/.default", "offline_access"],
  params: { prompt: "select_account", response_mode: "query" },
  extra: { token_type: "Bearer", ext_expires_in: 3599 },
  refusal: {
    status: 400,
    body: { error: "{error}", error_description: "AADSTS70000: {error_description}", error_codes: [70000] },
  },
};

/** What only this vendor does. */
export function play(vendor) {
  const { spec } = vendor;
  const projects = projectsOf(spec);
  const hooks = new Map();
  const accounts = spec.accounts ?? [{ accountId: ACCOUNT_ID, accountName: ORGANIZATION }];
  const part = {
    accounts,
    registry: hooks,
    projects,
    headers: ["x-tfs-fedauthredirect", "x-http-method-override"],
    routes: [...accountRoutes(vendor), ...typeRoutes(vendor), ...itemRoutes(vendor), ...hookRoutes(vendor)].map(open),
    check,
    refusal: (status, message) => ({ status, body: failure(message, "VssServiceException") }),
    unauthorized: () => ({
      status: 401,
      body: failure("TF400813: The user is not authorized to access this resource.", "UnauthorizedRequestException"),
    }),
    forbidden: () => ({ status: 403, body: failure("The request is not authorized.", "VssUnauthorizedException") }),
    person: () => ({ id: randomUUID() }),
    item: (project, number, given) => newItem(project, number, given),
    comment: (text) => text,
    statuses: (item) => item.project.types[item.type].map(({ name }) => name),
    otherStatus: ({ project, type, status }) => {
      const states = project.types[type];
      const isDone = ({ category }) => DONE.includes(category.toLowerCase());
      const done = states.find(({ name }) => name === status);
      return states.find((state) => isDone(state) !== isDone(done))?.name ?? states.find(({ name }) => name !== status).name;
    },
    hooks: () => [...hooks.values()].map(({ id, status, consumerInputs }) => ({ id, status, url: consumerInputs.url })),
    webhooks: (...change) => webhooks(vendor, ...change),
    renumbered(delivery) {
      const id = randomUUID();
      return { ...delivery, body: JSON.stringify({ ...JSON.parse(delivery.body), id }) };
    },
    words: {
      hook_status({ id, status }) {
        for (const hook of hooks.values()) if (id === undefined || hook.id === id) hook.status = status;
      },
      rename_state({ project, from, to }) {
        for (const states of Object.values(vendor.board.project(project).types)) {
          for (const state of states) if (state.name === from) state.name = to;
        }
        for (const item of vendor.board.items.values()) if (item.status === from) item.status = to;
      },
    },
    facts: () => ({
      account_id: accounts[0].accountId,
      account_name: accounts[0].accountName,
      projects: projects.map(({ id, name }) => ({ id, name })),
      users: vendor.board.people.slice(0, 100).map(({ id, name, email }) => ({ id, name, email })),
      items: [...vendor.board.items.keys()].slice(0, 100),
    }),
  };
  return part;
}

/** The version stands in the query of a call, or in its `Accept`; then a sign-in page is asked to stay away, too. */
function check(route, ctx, query) {
  const asked =
    query["api-version"] ??
    query["api-preview"] ??
    /^application\/json; ?api-version=([\w.-]+)$/.exec(ctx.get("accept"))?.[1];
  if (!route.versions.includes(asked)) throw undocumented(`its version is ${route.versions.join(" or ")}, not ${asked}`);
  const suppress = ctx.get("x-tfs-fedauthredirect");
  if (suppress ? suppress !== "Suppress" : query["api-version"] === undefined)
    throw undocumented("X-TFS-FedAuthRedirect is not Suppress");
  const method = ctx.get("x-http-method-override");
  if (method && method !== ctx.method) throw undocumented(`X-HTTP-Method-Override is not ${ctx.method}`);
}

/** Every route takes its version in the query; case means nothing in a path. */
function open(route) {
  return { anyCase: true, ...route, query: [...(route.query ?? []), "api-version"] };
}

const USUAL_STATES = [
  ["New", "Proposed"],
  ["Active", "InProgress"],
  ["Resolved", "Resolved"],
  ["Closed", "Completed"],
];
const COLORS = { Proposed: "b2b2b2", InProgress: "007acc", Resolved: "ff9d00", Completed: "339933", Removed: "ffffff" };

function projectsOf({ projects = 3, states = USUAL_STATES.length, only = {} }) {
  if (Array.isArray(projects))
    return projects.map((project, at) => ({ ...madeUp(at), ...project, types: typesOf(project.types) }));
  return Array.from({ length: projects }, (_, at) => {
    const all = Object.fromEntries(["Bug", "Issue", "Task"].map((type) => [type, statesUpTo(states, at)]));
    return { ...madeUp(at), types: typesOf(only[at] ? { [only[at]]: all[only[at]] } : all) };
  });
}

function madeUp(at) {
  const id = `eb6e4656-77fc-42a1-9181-${String(at + 1).padStart(12, "0")}`;
  return { id, name: ["Fabrikam-Fiber-Git", "Fabrikam-Fiber-TFVC", "TestGit"][at] ?? `Project ${at + 1}` };
}

/** The usual states first; the others are in work, and some stand in no other project. */
function statesUpTo(count, at) {
  const more = Array.from({ length: Math.max(0, count - USUAL_STATES.length) }, (_, index) => {
    return [index % 2 === 0 ? `Stage ${index + 1}` : `Stage ${index + 1} of project ${at + 1}`, "InProgress"];
  });
  return [...USUAL_STATES.slice(0, count), ...more];
}

function typesOf(types = { Bug: USUAL_STATES, Issue: USUAL_STATES, Task: USUAL_STATES }) {
  const all = Object.entries(types).map(([type, states]) => [type, states.map(stateOf)]);
  return Object.fromEntries(all);
}

function stateOf(state) {
  const [name, given] = typeof state === "string" ? [state] : state;
  const category = given ?? USUAL_STATES.find(([usual]) => usual === name)?.[1] ?? "InProgress";
  return { name, color: COLORS[category] ?? "5688e0", category };
}

function newItem(project, number, { type, status, id = String(number) }) {
  const kind = type ?? Object.keys(project.types)[0];
  const first = project.types[kind]?.[0].name;
  if (!first) throw new Error(`${project.name} has no ${kind}`);
  return { id: String(id), name: `#${id}`, type: kind, status: status ?? first, history: null };
}
