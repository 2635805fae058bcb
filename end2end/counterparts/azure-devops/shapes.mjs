// Answers of Azure DevOps, as it documents them.

const SITE = "https://dev.azure.com/fabrikam";

/** An error. */
export function failure(message, type, more = {}) {
  const typeName = `Microsoft.VisualStudio.Services.${type}, Microsoft.VisualStudio.Services.WebApi`;
  return { $id: "1", ...more, innerException: null, message, typeName, typeKey: type, errorCode: 0, eventId: 3000 };
}

/** A list. */
export function list(value) {
  return { count: value.length, value };
}

/** A person as versions since 5.0 name one. */
export function identity({ id, name, email }) {
  const url = `https://vssps.dev.azure.com/fabrikam/_apis/Identities/${id}`;
  const descriptor = `aad.${Buffer.from(id).toString("base64url")}`;
  const avatar = { href: `${SITE}/_apis/GraphProfile/MemberAvatars/${descriptor}` };
  return { displayName: name, url, _links: { avatar }, id, uniqueName: email, imageUrl: avatar.href, descriptor };
}

/** A person as versions up to 4.1 and webhooks name one. */
export function words({ name, email }) {
  return email ? `${name} <${email}>` : name;
}

/** How a version names people. */
export function namer(version) {
  return Number.parseFloat(version) >= 5 ? identity : words;
}

/** The fields of a work item. */
export function fields(item, named, me) {
  const all = {
    "System.AreaPath": item.project.name,
    "System.TeamProject": item.project.name,
    "System.IterationPath": item.project.name,
    "System.WorkItemType": item.type,
    "System.State": item.status,
    "System.Reason": "New",
    "System.AssignedTo": item.assignee ? named(item.assignee) : undefined,
    "System.CreatedDate": iso(item.created),
    "System.CreatedBy": named(me),
    "System.ChangedDate": iso(item.changed),
    "System.ChangedBy": named(item.changedBy ?? me),
    "System.CommentCount": item.comments.length,
    "System.Title": item.title,
    "System.Description": item.description,
    "Microsoft.VSTS.Common.StateChangeDate": iso(item.statusChanged),
    "Microsoft.VSTS.Common.Priority": 2,
    ...item.fields,
    "System.History": item.history ?? undefined,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** A work item. */
export function workItem(item, version, me) {
  const self = `${SITE}/_apis/wit/workItems/${item.id}`;
  return {
    id: Number(item.id),
    rev: item.rev,
    fields: fields(item, namer(version), me),
    _links: {
      self: { href: self },
      workItemUpdates: { href: `${self}/updates` },
      workItemRevisions: { href: `${self}/revisions` },
      workItemHistory: { href: `${self}/history` },
      html: { href: `${SITE}/${encodeURIComponent(item.project.name)}/_workitems/edit/${item.id}` },
      workItemType: { href: `${SITE}/${item.project.id}/_apis/wit/workItemTypes/${encodeURIComponent(item.type)}` },
      fields: { href: `${SITE}/_apis/wit/fields` },
    },
    url: self,
  };
}

/** A project in a list. */
export function project({ id, name }) {
  const url = `${SITE}/_apis/projects/${id}`;
  return {
    id,
    name,
    url,
    state: "wellFormed",
    revision: 411,
    visibility: "private",
    lastUpdateTime: "2024-05-01T10:00:00.000Z",
  };
}

/** A comment. */
export function comment(item, { id, author, text, at }) {
  const url = `${SITE}/_apis/wit/workItems/${item.id}/comments/${id}`;
  const [by, when] = [identity(author), iso(at)];
  const times = { createdBy: by, createdDate: when, modifiedBy: by, modifiedDate: when };
  return { workItemId: Number(item.id), id: Number(id), version: 1, text, ...times, format: "html", url };
}

/** A person in the graph. */
export function graphUser({ id, name, email, hidden }) {
  const descriptor = `aad.${Buffer.from(id).toString("base64url")}`;
  const url = `https://vssps.dev.azure.com/fabrikam/_apis/graph/users/${descriptor}`;
  return {
    subjectKind: "user",
    metaType: "member",
    domain: "45aa3d2d-7442-473d-b4d3-3c670da9dd96",
    principalName: email ?? name,
    mailAddress: hidden ? "" : (email ?? ""),
    origin: "aad",
    originId: id,
    displayName: name,
    _links: { self: { href: url }, memberships: { href: url.replace("users", "memberships") } },
    url,
    descriptor,
  };
}

/** A moment as the API writes it. */
export function iso(milliseconds) {
  return new Date(milliseconds).toISOString();
}
