// Answers of Jira Cloud, as Atlassian documents them.

const CATEGORIES = {
  new: { id: 2, key: "new", colorName: "blue-gray", name: "To Do" },
  indeterminate: { id: 4, key: "indeterminate", colorName: "yellow", name: "In Progress" },
  done: { id: 3, key: "done", colorName: "green", name: "Done" },
};

/** The routes of a site begin with this. */
export const SITE = "/ex/jira/{cloud}/rest/api/3";

/** Where a site's API is. */
export function base(vendor) {
  return `https://api.atlassian.com/ex/jira/${vendor.part.sites[0].id}/rest/api/3`;
}

/** An error. */
export function problem(message, errors = {}) {
  return { errorMessages: message ? [message] : [], errors };
}

/** A moment as Jira writes it. */
export function when(milliseconds) {
  return new Date(milliseconds).toISOString().replace("Z", "+0000");
}

/** A person. */
export function user(vendor, person) {
  if (!person) return null;
  const self = `${base(vendor)}/user?accountId=${person.id}`;
  const avatar = "https://secure.gravatar.com/avatar/5b10a2844c20165700ede21g";
  const avatarUrls = { "48x48": avatar, "24x24": avatar, "16x16": avatar, "32x32": avatar };
  const shown = person.hidden ? {} : { emailAddress: person.email };
  return {
    self,
    accountId: person.id,
    ...shown,
    avatarUrls,
    displayName: person.name,
    active: true,
    timeZone: "Etc/UTC",
    accountType: "atlassian",
  };
}

/** A project in a list. */
export function project(vendor, { id, key, name }) {
  const self = `${base(vendor)}/project/${id}`;
  return {
    self,
    id,
    key,
    name,
    projectTypeKey: "software",
    simplified: false,
    style: "classic",
    isPrivate: false,
    properties: {},
  };
}

/** A status. */
export function status(vendor, { id, name, category }) {
  const { [category]: found } = CATEGORIES;
  const statusCategory = { self: `${base(vendor)}/statuscategory/${found.id}`, ...found };
  return {
    self: `${base(vendor)}/status/${id}`,
    description: "",
    iconUrl: "https://fabrikam.atlassian.net/",
    name,
    id,
    statusCategory,
  };
}

/** A type of issues. */
export function issueType(vendor, { id, name }) {
  const self = `${base(vendor)}/issuetype/${id}`;
  return {
    self,
    id,
    description: "",
    iconUrl: "https://fabrikam.atlassian.net/images/icons/issuetypes/task.svg",
    name,
    subtask: false,
    avatarId: 10318,
    hierarchyLevel: 0,
  };
}

/** The status of an issue. */
export function statusOf({ project: { statuses }, status: name }) {
  return statuses.find((known) => known.name === name);
}

/** The fields of an issue, all or those that were asked for. */
export function fields(vendor, item, wanted) {
  const all = {
    statuscategorychangedate: when(item.categoryChanged ?? item.created),
    issuetype: issueType(vendor, item.type),
    project: project(vendor, item.project),
    created: when(item.created),
    updated: when(item.changed),
    assignee: user(vendor, item.assignee),
    reporter: user(vendor, vendor.board.me),
    creator: user(vendor, vendor.board.me),
    status: status(vendor, statusOf(item)),
    summary: item.title,
    description: item.body ?? null,
    labels: [],
    resolution: null,
    ...item.fields,
  };
  const names = wanted?.flatMap((name) => name.split(",")).filter(Boolean);
  if (!names || names.some((name) => name === "*all" || name === "*navigable")) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/** An issue. */
export function issue(vendor, item, wanted) {
  const self = `${base(vendor)}/issue/${item.id}`;
  return {
    expand: "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
    id: item.id,
    self,
    key: item.name,
    fields: fields(vendor, item, wanted),
  };
}

/** A comment. */
export function comment(vendor, item, { id, author, at, body }) {
  const by = user(vendor, author);
  const self = `${base(vendor)}/issue/${item.id}/comment/${id}`;
  return { self, id, author: by, body, updateAuthor: by, created: when(at), updated: when(at), jsdPublic: true };
}
