// Service hooks: who is to be told of changes, and what is told.

import { randomUUID } from "node:crypto";
import { answered, only, undocumented } from "../vendor/routes.mjs";
import { organization } from "./account.mjs";
import { failure, fields, iso, words } from "./shapes.mjs";

const SITE = "https://dev.azure.com/fabrikam";
const FIXED = {
  publisherId: "tfs",
  eventType: "workitem.updated",
  resourceVersion: "1.0",
  consumerId: "webHooks",
  consumerActionId: "httpRequest",
};
/** What a list may be asked for. */
const { resourceVersion: _, ...FILTERED } = FIXED;
const FILTERS = ["projectId", "areaPath", "workItemType", "changedFields", "linksChanged", "tag"];
const INPUTS = [
  "url!",
  "httpHeaders",
  "resourceDetailsToSend",
  "messagesToSend",
  "detailedMessagesToSend",
  "acceptUntrustedCerts",
];

/** The routes. */
export function hookRoutes(vendor) {
  const path = "/{org}/_apis/hooks/subscriptions";
  const versions = ["4.1", "7.1"];
  return [
    { method: "POST", path, json: "application/json", versions, answer: (call) => subscribe(vendor, call) },
    { method: "GET", path, query: Object.keys(FILTERED), versions, answer: (call) => list(vendor, call) },
    { method: "GET", path: `${path}/{id}`, versions, answer: (call) => ({ body: shown(hookOf(vendor, call)) }) },
    {
      method: "DELETE",
      path: `${path}/{id}`,
      versions,
      answer(call) {
        vendor.part.registry.delete(hookOf(vendor, call).id);
        return { status: 204 };
      },
    },
  ];
}

function subscribe(vendor, { params, body }) {
  organization(vendor.part, params);
  only(body, [...Object.keys(FIXED).map((name) => `${name}!`), "publisherInputs", "consumerInputs!", "status", "scope"]);
  for (const [name, value] of Object.entries(FIXED)) {
    if (body[name] !== value) throw undocumented(`${name} is not ${value}`);
  }
  const publisherInputs = only(body.publisherInputs ?? {}, FILTERS, "publisherInputs");
  const consumerInputs = only(body.consumerInputs, INPUTS, "consumerInputs");
  for (const name of ["resourceDetailsToSend", "messagesToSend", "detailedMessagesToSend"]) {
    const value = consumerInputs[name]?.toLowerCase() ?? "all";
    if (!["all", "minimal", "none", "text", "html", "markdown"].includes(value)) throw undocumented(`${name} is ${value}`);
  }
  if (!URL.canParse(consumerInputs.url)) throw undocumented("the url of consumerInputs is none");
  const now = iso(vendor.now());
  const by = { id: vendor.board.me.id };
  const id = randomUUID();
  const hostId = vendor.part.accounts[0].accountId;
  const hook = {
    id,
    url: `${SITE}/_apis/hooks/subscriptions/${id}`,
    status: "enabled",
    ...FIXED,
    eventDescription: "Any work item",
    actionDescription: `To host ${new URL(consumerInputs.url).hostname}`,
    createdBy: by,
    createdDate: now,
    modifiedBy: by,
    modifiedDate: now,
    publisherInputs: { ...publisherInputs, hostId, tfsSubscriptionId: randomUUID() },
    consumerInputs: { ...consumerInputs },
    headers: headersOf(consumerInputs.httpHeaders),
    told: 0,
  };
  vendor.part.registry.set(id, hook);
  return { body: shown(hook) };
}

/** `name:value`, one a line. */
function headersOf(text = "") {
  const lines = text.split(/\r?\n/).filter(Boolean);
  const pairs = lines.map((line) => /^([\w-]+):\s*(\S.*)$/.exec(line)?.slice(1));
  if (pairs.includes(undefined)) throw undocumented("httpHeaders are not name:value");
  return Object.fromEntries(pairs);
}

/** A hook as it is shown: what is secret in it is not. */
function shown({ headers, told, ...hook }) {
  const hidden = hook.consumerInputs.httpHeaders === undefined ? {} : { httpHeaders: "********" };
  return { ...hook, consumerInputs: { ...hook.consumerInputs, ...hidden } };
}

function list({ part }, { params, query }) {
  organization(part, params);
  const asked = Object.keys(FILTERED).map((name) => [name, query[name]]);
  const fits = (hook) => asked.every(([name, value]) => !value || hook[name] === value);
  const value = [...part.registry.values()].filter(fits).map(shown);
  return { body: { count: value.length, value } };
}

function hookOf({ part }, { params }) {
  organization(part, params);
  const found = part.registry.get(params.id);
  if (found) return found;
  throw answered(404, failure(`Subscription with ID ${params.id} was not found.`, "SubscriptionNotFoundException"));
}

/** The webhooks about a change, one for each hook that is on and asks for the project. */
export function webhooks(vendor, item, changes, author, before) {
  item.changedBy = author;
  // The history is what this change added to it.
  item.history = changes.find(({ field }) => field === "comment")?.to.text ?? null;
  const on = [...vendor.part.registry.values()].filter(({ status, publisherInputs: { projectId } }) => {
    return ["enabled", "onProbation"].includes(status) && (!projectId || projectId === item.project.id);
  });
  return on.map((hook) => {
    hook.told += 1;
    const body = JSON.stringify(message(vendor, hook, item, changes, author, before));
    const headers = { "content-type": "application/json; charset=utf-8", ...hook.headers };
    return { item: item.id, url: hook.consumerInputs.url, headers, body };
  });
}

function message(vendor, hook, item, changes, author, before) {
  const [self, now] = [`${SITE}/_apis/wit/workItems/${item.id}`, iso(vendor.now())];
  const text = `${item.type} ${item.name} (${item.title}) updated by ${author.name}.`;
  const texts = { text, html: text, markdown: text };
  return {
    subscriptionId: hook.id,
    notificationId: hook.told,
    id: randomUUID(),
    eventType: "workitem.updated",
    publisherId: "tfs",
    message: texts,
    detailedMessage: texts,
    resource: {
      id: item.rev,
      workItemId: Number(item.id),
      rev: item.rev,
      revisedBy: { id: author.id, name: words(author), displayName: author.name, uniqueName: author.email },
      revisedDate: "9999-01-01T00:00:00Z",
      fields: changed(item, changes, before),
      _links: {
        self: { href: `${self}/updates/${item.rev}` },
        parent: { href: self },
        workItemUpdates: { href: `${self}/updates` },
      },
      url: `${self}/updates/${item.rev}`,
      revision: {
        id: Number(item.id),
        rev: item.rev,
        fields: fields(item, words, vendor.board.me),
        url: `${self}/revisions/${item.rev}`,
      },
    },
    resourceVersion: "1.0",
    resourceContainers: {
      collection: { id: vendor.part.accounts[0].accountId, baseUrl: `${SITE}/` },
      account: { id: vendor.part.accounts[0].accountId, baseUrl: `${SITE}/` },
      project: { id: item.project.id, baseUrl: `${SITE}/` },
    },
    createdDate: now,
  };
}

/** The fields that changed: `oldValue` and `newValue`, each where there is one. */
function changed(item, changes, before) {
  const found = {
    "System.Rev": { oldValue: item.rev - 1, newValue: item.rev },
    "System.ChangedDate": { oldValue: iso(before.changed), newValue: iso(item.changed) },
  };
  for (const { field, from, to } of changes) {
    if (field === "status") {
      found["System.State"] = { oldValue: from, newValue: to };
      found["Microsoft.VSTS.Common.StateChangeDate"] = {
        oldValue: iso(before.statusChanged),
        newValue: iso(item.statusChanged),
      };
    } else if (field === "assignee") {
      found["System.AssignedTo"] = { ...(from && { oldValue: words(from) }), ...(to && { newValue: words(to) }) };
    } else {
      found["System.History"] = { newValue: to.text };
    }
  }
  return found;
}
