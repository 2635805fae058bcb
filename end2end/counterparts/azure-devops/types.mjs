// Types of work items, with their states and fields.

import { answered, undocumented } from "../vendor/routes.mjs";
import { organization, projectOf } from "./account.mjs";
import { failure, list } from "./shapes.mjs";

/** Fields that every type requires, which fill themselves but for the title. */
const REQUIRED = ["System.Title", "System.State", "System.AreaId", "System.IterationId"];

/** The routes. */
export function typeRoutes(vendor) {
  const { spec } = vendor;
  return [
    {
      method: "GET",
      path: `/{org}/{project}/_apis/wit/workitemtypes`,
      versions: ["4.1", "7.1"],
      answer: (call) => ({ body: list(Object.keys(projectOf(vendor, call).types).map(itemType)) }),
    },
    {
      method: "GET",
      path: "/{org}/{project}/_apis/wit/workitemtypes/{type}/states",
      versions: ["4.1-preview.1", "7.1"],
      answer: (call) => ({ body: list(typeOf(projectOf(vendor, call), call.params.type, spec.missing_type)) }),
    },
    {
      method: "GET",
      path: "/{org}/{project}/_apis/wit/workitemtypes/{type}/fields",
      query: ["$expand"],
      versions: ["4.1", "4.1-preview.1", "4.1-preview.2", "7.1"],
      answer: (call) => fieldsOf(vendor, call),
    },
    {
      method: "GET",
      path: "/{org}/{project}/_apis/wit/workitemtypecategories",
      versions: ["4.1", "7.1"],
      answer: (call) => ({ body: list(categories(projectOf(vendor, call))) }),
    },
    {
      method: "GET",
      path: "/{org}/_apis/wit/fields/{field}",
      versions: ["4.1", "7.1"],
      answer: (call) => field(vendor, call),
    },
  ];
}

/** The states of a type. */
export function typeOf({ name, types }, wanted, missing = 404) {
  const type = Object.keys(types).find((known) => known.toLowerCase() === wanted.toLowerCase());
  if (type) return types[type];
  if (missing === "empty") return [];
  const message = `VS402323: Work item type ${wanted} does not exist in project ${name} or you do not have permission to access it.`;
  throw answered(404, failure(message, "WorkItemTypeNotFoundException"));
}

function itemType(name) {
  return {
    name,
    referenceName: `Microsoft.VSTS.WorkItemTypes.${name}`,
    description: "",
    color: "CC293D",
    isDisabled: false,
  };
}

function fieldsOf(vendor, call) {
  const { project: name, type } = call.params;
  const at = projectOf(vendor, { params: { ...call.params, project: name } });
  const states = typeOf(at, type).map((state) => state.name);
  const expand = call.query.$expand?.toLowerCase() ?? "none";
  if (!["none", "allowedvalues", "all"].includes(expand)) throw undocumented(`$expand is ${call.query.$expand}`);
  const shown = (given) => {
    const { allowedValues = [], ...field } = { alwaysRequired: false, defaultValue: null, ...given };
    const url = `https://dev.azure.com/fabrikam/_apis/wit/fields/${field.referenceName}`;
    return expand === "none" ? { ...field, url } : { ...field, allowedValues, dependentFields: [], url };
  };
  const usual = [
    ["System.Title", "Title"],
    ["System.State", "State", states, states[0]],
    ["System.AreaId", "Area ID"],
    ["System.IterationId", "Iteration ID"],
    ["System.AssignedTo", "Assigned To"],
    ["System.Description", "Description"],
    ["System.History", "History"],
    ["Microsoft.VSTS.Common.Priority", "Priority", ["1", "2", "3", "4"], "2"],
  ].map(([referenceName, fieldName, allowedValues, defaultValue = null]) => {
    const alwaysRequired = REQUIRED.includes(referenceName);
    return { referenceName, name: fieldName, alwaysRequired, allowedValues, defaultValue };
  });
  const more = requiredFields(vendor, type).map((field) => ({ alwaysRequired: true, ...field }));
  return { body: list([...usual, ...more].map(shown)) };
}

/** What a type requires beside the title, by the specification. */
export function requiredFields({ spec }, type) {
  return spec.required?.[type] ?? [];
}

/** The categories: types that people do not make by hand are hidden. */
function categories({ id, types, hidden = [] }) {
  const url = `https://dev.azure.com/fabrikam/${id}/_apis/wit`;
  const named = (name) => ({ name, url: `${url}/workItemTypes/${encodeURIComponent(name)}` });
  const category = (name, referenceName, names) => ({
    name,
    referenceName,
    ...(names[0] && { defaultWorkItemType: named(names[0]) }),
    workItemTypes: names.map(named),
    url: `${url}/workItemTypeCategories/${referenceName}`,
  });
  const shown = Object.keys(types).filter((name) => !hidden.includes(name));
  return [
    category("Requirement Category", "Microsoft.RequirementCategory", shown),
    category("Hidden Types Category", "Microsoft.HiddenCategory", hidden),
  ];
}

/** What a required field takes: `type` of the specification, a text where it says nothing. */
function field(vendor, { params }) {
  organization(vendor.part, params);
  const required = Object.values(vendor.spec.required ?? {}).flat();
  const found = required.find(({ referenceName }) => referenceName === params.field);
  if (!found) {
    const message = `TF51535: Cannot find field ${params.field}.`;
    throw answered(404, failure(message, "WorkItemTrackingFieldDefinitionNotFoundException"));
  }
  const { name, referenceName, type = "string" } = found;
  const url = `https://dev.azure.com/fabrikam/_apis/wit/fields/${referenceName}`;
  const supportedOperations = [{ referenceName: "SupportedOperations.Equals", name: "=" }];
  // People are texts with a mark.
  const isIdentity = type === "identity";
  const kind = { type: isIdentity ? "string" : type, isIdentity, isPicklist: false, isPicklistSuggested: false };
  return {
    body: { name, referenceName, description: null, ...kind, usage: "workItem", readOnly: false, supportedOperations, url },
  };
}
