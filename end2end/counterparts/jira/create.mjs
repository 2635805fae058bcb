// New issues: which types and fields there are, and the making.

import { answered, only, undocumented, whole } from "../vendor/routes.mjs";
import { checkDocument, textOf } from "./adf.mjs";
import { base, issueType, problem, SITE, user } from "./shapes.mjs";
import { onSite, projectOf } from "./site.mjs";

/** How days and moments are written. */
const TIMES = {
  date: /^\d{4}-\d{2}-\d{2}$/,
  datetime: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{1,3}[+-]\d{4}$/,
};

/** The routes. */
export function newIssueRoutes(vendor) {
  const types = `${SITE}/issue/createmeta/{project}/issuetypes`;
  const query = ["startAt", "maxResults"];
  return [
    { method: "GET", path: types, query, scope: "read:jira-work", answer: (call) => issueTypes(vendor, call) },
    { method: "GET", path: `${types}/{type}`, query, scope: "read:jira-work", answer: (call) => fieldsOf(vendor, call) },
    {
      method: "POST",
      path: `${SITE}/issue`,
      query: ["updateHistory"],
      json: "application/json",
      scope: "write:jira-work",
      answer: (call) => create(vendor, call),
    },
  ].map((route) => onSite(vendor, route));
}

function page(query, all) {
  const [startAt, maxResults] = [whole(query, "startAt", 0), whole(query, "maxResults", 50, 200)];
  return { values: all.slice(startAt, startAt + maxResults), paging: { maxResults, startAt, total: all.length } };
}

function issueTypes(vendor, { params, query }) {
  const { values, paging } = page(query, projectOf(vendor, params.project).types);
  return { body: { issueTypes: values.map((type) => issueType(vendor, type)), ...paging } };
}

function typeOf(project, id) {
  const found = project.types.find((type) => type.id === id);
  if (!found) throw answered(404, problem("The issue type could not be found."));
  return found;
}

function fieldsOf(vendor, { params, query }) {
  const project = projectOf(vendor, params.project);
  const type = typeOf(project, params.type);
  const field = (fieldId, name, schema, more = {}) => ({
    required: false,
    schema,
    name,
    key: fieldId,
    hasDefaultValue: false,
    operations: ["set"],
    fieldId,
    ...more,
  });
  const system = (kind, name) => ({ type: kind, system: name });
  const usual = [
    field("issuetype", "Issue Type", system("issuetype", "issuetype"), {
      required: true,
      allowedValues: [issueType(vendor, type)],
    }),
    field("project", "Project", system("project", "project"), {
      required: true,
      allowedValues: [{ id: project.id, key: project.key, name: project.name }],
    }),
    field("summary", "Summary", system("string", "summary"), { required: true }),
    field("description", "Description", system("string", "description")),
    field("reporter", "Reporter", system("user", "reporter"), { required: true, hasDefaultValue: true }),
    field("assignee", "Assignee", system("user", "assignee"), {
      autoCompleteUrl: `${base(vendor)}/user/assignable/search?project=${project.key}&query=`,
    }),
    field(
      "labels",
      "Labels",
      { type: "array", items: "string", system: "labels" },
      { operations: ["add", "set", "remove"] },
    ),
  ];
  const more = required(vendor, type).map(({ fieldId, name, schema = { type: "string" }, ...rest }) =>
    field(fieldId, name, schema, { required: true, ...rest }),
  );
  const { values, paging } = page(query, [...usual, ...more]);
  return { body: { fields: values, ...paging } };
}

function required({ spec }, { name }) {
  return spec.required?.[name] ?? [];
}

function create(vendor, { body }) {
  const { fields } = only(body, ["fields!", "update", "historyMetadata", "properties", "transition"]);
  const projectRef = only(fields.project, ["id", "key"], "the project");
  const project = projectOf(vendor, projectRef.id ?? projectRef.key);
  const typeRef = only(fields.issuetype, ["id", "name"], "the issuetype");
  const type = project.types.find(({ id, name }) => id === typeRef.id || name === typeRef.name);
  if (!type) throw answered(400, problem("", { issuetype: "Specify a valid issue type" }));
  const needed = required(vendor, type);
  only(
    fields,
    ["project", "issuetype", "summary", "description", "assignee", "labels", ...needed.map(({ fieldId }) => fieldId)],
    "fields",
  );
  if (typeof fields.summary !== "string" || fields.summary === "")
    throw answered(400, problem("", { summary: "You must specify a summary of the issue." }));
  if (/[\r\n]/.test(fields.summary))
    throw answered(400, problem("", { summary: "The summary is invalid because it contains newline characters." }));
  if (fields.description !== undefined && fields.description !== null) checkDocument(fields.description, "the description");
  const more = Object.fromEntries(needed.map((field) => [field.fieldId, valueOf(vendor, field, fields[field.fieldId])]));
  const text = fields.description ? textOf(fields.description) : undefined;
  const given = { title: fields.summary, body: fields.description, description: text, text, type: type.name, fields: more };
  const item = vendor.board.add({ project: project.id, ...given, assignee: holder(vendor, fields.assignee) });
  vendor.wrote(item, "summary", fields.summary);
  for (const { fieldId } of needed) vendor.wrote(item, fieldId, fields[fieldId]);
  return { status: 201, body: { id: item.id, key: item.name, self: `${base(vendor)}/issue/${item.id}` } };
}

function holder({ board }, given) {
  if (!given) return undefined;
  const { id, accountId = id } = only(given, ["id", "accountId"], "the assignee");
  if (!board.people.some((person) => person.id === accountId))
    throw answered(400, problem("", { assignee: "Specify a valid value for assignee" }));
  return accountId;
}

/** The value of a required field, as an issue shows it. */
function valueOf(vendor, { fieldId, name, schema = { type: "string" }, allowedValues }, value) {
  const refused = (message) => answered(400, problem("", { [fieldId]: message }));
  if (value === undefined || value === null || value === "") throw refused(`${name} is required.`);
  if (allowedValues) {
    only(value, ["id", "value", "name"], name);
    const found = allowedValues.find((known) => Object.entries(value).every(([part, wanted]) => known[part] === wanted));
    if (!found) throw refused(`Option id '${value.id}' is not valid`);
    return found;
  }
  if (schema.type === "user") {
    const { id, accountId = id } = only(value, ["id", "accountId"], name);
    const found = vendor.board.people.find((person) => person.id === accountId);
    if (!found) throw refused(`User '${accountId}' does not exist.`);
    return user(vendor, found);
  }
  const kind = schema.type === "number" ? "number" : "string";
  if (typeof value !== kind) throw undocumented(`${fieldId} is no ${kind}`);
  const form = TIMES[schema.type];
  if (form && !(form.test(value) && isDay(value.slice(0, 10)))) throw refused(`Error parsing date string: ${value}`);
  return value;
}

/** Whether the calendar has this day. */
function isDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
