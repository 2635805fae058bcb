// Who signed in, organizations, projects and people.

import { answered, undocumented, whole } from "../vendor/routes.mjs";
import { failure, graphUser, list, project } from "./shapes.mjs";

/** The area whose location tells where an organization is. */
const CORE_AREA = "79134C72-4A58-4B42-976C-04E7115F32BF";
/** The routes. */
export function accountRoutes(vendor) {
  const at = "/{org}/_apis";
  return [
    {
      method: "GET",
      path: "/_apis/profile/profiles/me",
      versions: ["1.0", "7.1"],
      answer: () => ({ body: profile(vendor) }),
    },
    {
      method: "GET",
      path: "/_apis/accounts",
      query: ["memberId!"],
      versions: ["4.1", "7.1"],
      answer: (call) => accounts(vendor, call),
    },
    {
      method: "GET",
      path: "/_apis/resourceareas/{area}",
      query: ["hostId!", "api-preview"],
      versions: ["5.0-preview.1", "4.1-preview.1", "7.1-preview.1", "7.1"],
      answer: (call) => area(vendor, call),
    },
    {
      method: "GET",
      path: `${at}/projects`,
      query: ["$skip", "$top", "stateFilter", "continuationToken", "getDefaultTeamImageUrl"],
      versions: ["4.1", "7.1"],
      answer: (call) => projects(vendor, call),
    },
    {
      method: "GET",
      path: `${at}/projects/{project}`,
      query: ["includeCapabilities", "includeHistory"],
      versions: ["4.1", "7.1"],
      answer: (call) => ({ body: { ...project(projectOf(vendor, call)), description: "" } }),
    },
    {
      method: "GET",
      path: `${at}/graph/users`,
      query: ["continuationToken", "subjectTypes", "scopeDescriptor"],
      versions: ["4.1-preview.1", "7.1-preview.1"],
      answer: (call) => users(vendor, call),
    },
  ];
}

function profile({ board: { me } }) {
  return {
    displayName: me.name,
    publicAlias: me.id,
    emailAddress: me.email,
    coreRevision: 404,
    timeStamp: "2021-01-01T00:00:00.0000000+00:00",
    id: me.id,
    revision: 404,
  };
}

function accounts({ board, part }, { query }) {
  if (query.memberId !== board.me.id) throw undocumented(`nobody has the id ${query.memberId}`);
  const found = part.accounts.map((account) => ({
    ...account,
    accountUri: `https://vssps.dev.azure.com:443/${account.accountName}/`,
    properties: {},
  }));
  return { body: list(found) };
}

function area({ part }, { params, query }) {
  if (params.area.toUpperCase() !== CORE_AREA) throw undocumented(`there is no area ${params.area}`, 404);
  const account = part.accounts.find(({ accountId }) => accountId === query.hostId);
  if (!account) throw undocumented(`there is no host ${query.hostId}`, 404);
  return {
    body: { id: CORE_AREA.toLowerCase(), name: "core", locationUrl: `https://dev.azure.com/${account.accountName}/` },
  };
}

function projects({ board, part }, { params, query }) {
  organization(part, params);
  const [skip, top] = [whole(query, "$skip", 0), whole(query, "$top", 100)];
  const filter = query.stateFilter ?? "wellFormed";
  if (!["wellformed", "all"].includes(filter.toLowerCase())) throw undocumented(`stateFilter is ${filter}`);
  return { body: list(board.projects.slice(skip, skip + top).map(project)) };
}

/** Asserts that a path is about an organization that there is. */
export function organization({ accounts: known }, { org }) {
  if (!known.some(({ accountName }) => accountName === org)) throw undocumented(`there is no organization ${org}`, 404);
}

/** The project of a path. */
export function projectOf({ board, part }, { params }) {
  organization(part, params);
  const found = board.project(params.project);
  if (found) return found;
  const message = `TF200016: The following project does not exist: ${params.project}. Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.`;
  throw answered(404, failure(message, "ProjectDoesNotExistWithNameException"));
}

function users({ board, part, spec }, { params, query }) {
  organization(part, params);
  const size = spec.page_users ?? 100;
  const from = Number(Buffer.from(query.continuationToken ?? "", "base64url").toString() || 0);
  if (!Number.isInteger(from)) throw undocumented("the continuationToken is none that was given");
  const next = from + size < board.people.length ? Buffer.from(String(from + size)).toString("base64url") : undefined;
  const headers = next ? { "x-ms-continuationtoken": next } : {};
  return { body: list(board.people.slice(from, from + size).map(graphUser)), headers };
}
