// Work items: read, changed by JSON Patch, created, their comments, and the search.

import { answered, only, undocumented, whole } from "../vendor/routes.mjs";
import { organization, projectOf } from "./account.mjs";
import { comment, failure, iso, words, workItem } from "./shapes.mjs";
import { requiredFields, typeOf } from "./types.mjs";

const PATCH = "application/json-patch+json";
const WRITES = ["validateOnly", "bypassRules", "suppressNotifications"];
/** Fields that a patch may hold for a new item. */
const NEW = ["System.Title", "System.Description", "System.State", "System.AssignedTo", "System.Tags", "System.History"];

/** What the value of a further field may be, by the field's type; numbers may be written as texts, too. */
const KINDS = {
  string: ["string"],
  plainText: ["string"],
  html: ["string"],
  integer: ["number", "string"],
  double: ["number", "string"],
  boolean: ["boolean"],
  dateTime: ["string"],
  identity: ["string"],
};

/** A moment with its zone (ISO 8601). */
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** The routes. */
export function itemRoutes(vendor) {
  const one = (path, more) =>
    [`/{org}/_apis/wit/workitems/${path}`, `/{org}/{project}/_apis/wit/workitems/${path}`].map((at) => ({
      path: at,
      ...more,
    }));
  const versions = ["4.1", "7.1"];
  return [
    {
      method: "PATCH",
      path: "/{org}/{project}/_apis/wit/workitems/${type}",
      json: PATCH,
      query: WRITES,
      versions,
      answer: (call) => create(vendor, call),
    },
    ...one("{id}", { method: "GET", query: ["fields", "asOf", "$expand"], versions, answer: (call) => read(vendor, call) }),
    ...one("{id}", { method: "PATCH", json: PATCH, query: WRITES, versions, answer: (call) => update(vendor, call) }),
    {
      method: "GET",
      path: "/{org}/{project}/_apis/wit/workitems/{id}/comments",
      query: ["$top", "continuationToken", "includeDeleted", "$expand", "order"],
      versions: ["7.1-preview.4"],
      answer: (call) => comments(vendor, call),
    },
    {
      method: "POST",
      path: "/{org}/_apis/search/workitemsearchresults",
      json: "application/json",
      versions: ["4.1-preview.1", "7.1"],
      answer: (call) => search(vendor, call),
    },
  ];
}

function version({ query, get }) {
  return query["api-version"] ?? /api-version=([\d.]+)/.exec(get("accept"))[1];
}

function itemOf(vendor, { params }) {
  organization(vendor.part, params);
  const at = params.project === undefined ? undefined : projectOf(vendor, { params });
  if (!/^\d+$/.test(params.id)) throw undocumented(`${params.id} is no id of a work item`);
  const item = vendor.board.items.get(params.id);
  if (item && (!at || at === item.project)) return item;
  const message = `TF401232: Work item ${params.id} does not exist, or you do not have permissions to read it.`;
  throw answered(404, failure(message, "WorkItemUnauthorizedAccessException"));
}

function read(vendor, call) {
  const item = itemOf(vendor, call);
  const body = workItem(item, version(call), vendor.board.me);
  const { fields: wanted } = call.query;
  if (wanted === undefined) return { body };
  const found = Object.entries(body.fields).filter(([name]) => wanted.split(",").includes(name));
  return { body: { ...body, fields: Object.fromEntries(found) } };
}

/** The error for a value that a field cannot have. */
function rule(field, message) {
  const errors = [
    { fieldReferenceName: field, fieldStatusFlags: "hasValues, limitedToValues, invalidListValue", errorMessage: message },
  ];
  const customProperties = { ErrorMessage: message, RuleValidationErrors: errors };
  const type =
    "Microsoft.TeamFoundation.WorkItemTracking.Server.RuleValidationException, Microsoft.TeamFoundation.WorkItemTracking.Server";
  const more = { typeName: type, typeKey: "RuleValidationException", errorCode: 600171, eventId: 3200 };
  return answered(400, { ...failure(message, "RuleValidationException", { customProperties }), ...more });
}

function update(vendor, call) {
  const item = itemOf(vendor, call);
  const wanted = patch(call.body, ["System.State", "System.AssignedTo", "System.History"], item.rev);
  const found = judged(vendor, item, wanted);
  for (const { field, value } of wanted) vendor.wrote(item, field, value);
  if (call.query.suppressNotifications === "true") vendor.changed(item, found, vendor.board.me);
  else vendor.write(item, found);
  return { body: workItem(item, version(call), vendor.board.me) };
}

/** The fields of a JSON Patch, with their new values; null where one is removed. */
function patch(body, allowed, rev) {
  if (!Array.isArray(body) || body.length === 0) throw undocumented("the patch is no list of operations");
  return body.flatMap((operation) => {
    const { op, path, value } = only(operation, ["op!", "path!", "value", "from"], "an operation");
    if (op === "test" && path === "/rev") {
      if (value !== rev)
        throw answered(412, failure(`VS403351: Test Operation for path /rev failed.`, "TestPatchOperationFailedException"));
      return [];
    }
    const field = /^\/fields\/([\w.]+)$/.exec(path)?.[1];
    if (!allowed.includes(field)) throw undocumented(`a patch of ${path} is unknown`);
    if (!["add", "replace", "remove"].includes(op)) throw undocumented(`the operation ${op} is unknown`);
    if ((op === "remove") !== (value === undefined))
      throw undocumented(`the operation ${op} of ${path} has a value where it must not, or none`);
    const kinds = field.startsWith("System.") ? ["string"] : ["string", "number", "boolean"];
    if (op !== "remove" && !kinds.includes(typeof value))
      throw undocumented(`the value of ${path} is no ${kinds.join(" or ")}`);
    return [{ field, value: op === "remove" ? null : value }];
  });
}

/** What a patch comes to, where the rules of the type allow it. */
function judged(vendor, item, wanted) {
  const found = {};
  for (const { field, value } of wanted) {
    if (field === "System.State") found.status = stateOf(item.project.types[item.type], value);
    else if (field === "System.AssignedTo") found.assignee = value ? holderOf(vendor, value) : null;
    else if (field === "System.History") found.comment = value ?? undefined;
  }
  return found;
}

function stateOf(states, value) {
  const found = states.find(({ name }) => name.toLowerCase() === value?.toLowerCase());
  if (found) return found.name;
  throw rule("System.State", `The field 'State' contains the value '${value}' that is not in the list of supported values`);
}

function holderOf({ board }, value, field = "System.AssignedTo", name = "Assigned To") {
  const address = /<([^>]+)>$/.exec(value)?.[1] ?? value;
  const found = board.person(address);
  const unclear = board.people.filter(({ email }) => email === found?.email).length > 1;
  if (found && !unclear) return found;
  throw rule(field, `The identity value '${value}' for field '${name}' is an ${unclear ? "ambiguous" : "unknown"} identity.`);
}

/** A required field as an item shows it, where it may hold this value. */
function judgedField(vendor, { referenceName, name, type = "string", allowedValues = [] }, value = "") {
  if (value === "") throw rule(referenceName, `TF401320: Rule Error for field ${name}. Error code: Required, InvalidEmpty.`);
  if (!KINDS[type].includes(typeof value) || (allowedValues.length > 0 && !allowedValues.includes(String(value))))
    throw rule(
      referenceName,
      `The field '${name}' contains the value '${value}' that is not in the list of supported values`,
    );
  if (type === "identity") return words(holderOf(vendor, value, referenceName, name));
  if (type !== "dateTime") return value;
  if (!MOMENT.test(value) || Number.isNaN(Date.parse(value)))
    throw rule(referenceName, `TF401320: Rule Error for field ${name}. Error code: InvalidType.`);
  return iso(Date.parse(value));
}

function create(vendor, call) {
  const { board } = vendor;
  const at = projectOf(vendor, call);
  const states = typeOf(at, call.params.type);
  const type = Object.keys(at.types).find((known) => at.types[known] === states);
  const required = requiredFields(vendor, type);
  const wanted = patch(call.body, [...NEW, ...required.map(({ referenceName }) => referenceName)], undefined);
  const values = Object.fromEntries(wanted.map(({ field, value }) => [field, value]));
  if (!values["System.Title"])
    throw rule("System.Title", "TF401320: Rule Error for field Title. Error code: Required, InvalidEmpty.");
  const judgedFields = required.map((field) => {
    const { referenceName } = field;
    return [referenceName, judgedField(vendor, field, values[referenceName])];
  });
  const status = values["System.State"] ? stateOf(states, values["System.State"]) : states[0].name;
  const fields = Object.fromEntries(judgedFields);
  const holder = values["System.AssignedTo"] ? holderOf(vendor, values["System.AssignedTo"]).email : undefined;
  const given = {
    title: values["System.Title"],
    description: values["System.Description"],
    fields,
    type,
    status,
    assignee: holder,
  };
  const item = board.add({ project: at.id, ...given });
  for (const { field, value } of wanted) vendor.wrote(item, field, value);
  return { body: workItem(item, version(call), board.me) };
}

function comments(vendor, call) {
  const item = itemOf(vendor, call);
  const { query } = call;
  const order = query.order?.toLowerCase() ?? "desc";
  if (!["asc", "desc"].includes(order)) throw undocumented(`order is ${query.order}`);
  const sorted = order === "asc" ? [...item.comments] : [...item.comments].reverse();
  const [from, size] = [whole(query, "continuationToken", 0), whole(query, "$top", 200, 200)];
  const page = sorted.slice(from, from + size);
  const body = { totalCount: sorted.length, count: page.length, comments: page.map((said) => comment(item, said)) };
  if (from + size >= sorted.length) return { body };
  const token = String(from + size);
  const nextPage = `https://dev.azure.com/fabrikam/${item.project.id}/_apis/wit/workItems/${item.id}/comments?continuationToken=${token}`;
  return { body: { ...body, nextPage, continuationToken: token } };
}

function search(vendor, { params, body }) {
  organization(vendor.part, params);
  const {
    searchText,
    $skip: skip = 0,
    $top: top = 100,
  } = only(body, ["searchText!", "$skip", "$top", "filters", "$orderBy", "includeFacets"]);
  if (typeof searchText !== "string" || searchText.trim() === "") throw undocumented("the searchText is empty");
  if (!Number.isInteger(top) || top < 1 || top > 1000 || !Number.isInteger(skip))
    throw undocumented("$top is not a number up to 1000");
  const words = searchText.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = [...vendor.board.items.values()].filter((item) => {
    const text = `${item.id} ${item.title} ${item.description ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const results = hits.slice(skip, skip + top).map((item) => ({
    project: { name: item.project.name, id: item.project.id },
    fields: {
      "system.id": item.id,
      "system.workitemtype": item.type,
      "system.title": item.title,
      "system.assignedto": item.assignee ? `${item.assignee.name} <${item.assignee.email}>` : "",
      "system.state": item.status,
      "system.tags": "",
      "system.rev": String(item.rev),
      "system.createddate": iso(item.created),
      "system.changeddate": iso(item.changed),
    },
    hits: [{ fieldReferenceName: "system.title", highlights: [`<highlighthit>${item.title}</highlighthit>`] }],
    url: `https://dev.azure.com/fabrikam/_apis/wit/workItems/${item.id}`,
  }));
  return { body: { count: hits.length, results, infoCode: 0, facets: {} } };
}
