// The part of JQL that finds issues by project, key, text, status, type and person.
// Source: https://support.atlassian.com/jira-software-cloud/docs/jql-operators/

import { answered } from "../vendor/routes.mjs";
import { problem } from "./shapes.mjs";

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(!=|!~|=|~|\(|\)|,)|([^\s=!~(),"']+))/y;

/** A query that Jira does not take. */
function wrong(message) {
  return answered(400, problem(`Error in the JQL Query: ${message}`));
}

/** Reads a query: `{test(item), clauses}`. `board` knows what there is. */
export function read(jql, board) {
  const tokens = tokensOf(jql);
  const clauses = [];
  let at = 0;
  const word = (ahead = 0) => tokens[at + ahead]?.word?.toLowerCase();
  const sign = (wanted) => tokens[at]?.sign === wanted && (at += 1) > 0;
  const value = () => {
    const token = tokens[at];
    at += 1;
    const found = token?.text ?? token?.word;
    if (found === undefined) throw wrong("Expecting a value.");
    return found;
  };
  const list = () => {
    if (!sign("(")) throw wrong("Expecting '('.");
    const found = [value()];
    while (sign(",")) found.push(value());
    if (!sign(")")) throw wrong("Expecting ')'.");
    return found;
  };
  const clause = () => {
    const field = value().toLowerCase();
    const operator = operatorOf();
    const values = operator.endsWith("in") ? list() : [value()];
    clauses.push({ field, operator, values });
    return test(board, field, operator, values);
  };
  const operatorOf = () => {
    const { sign: shown } = tokens[at] ?? {};
    if (["=", "!=", "~", "!~"].includes(shown)) return ((at += 1), shown);
    if (word() === "in") return ((at += 1), "in");
    if (word() === "not" && word(1) === "in") return ((at += 2), "not in");
    if (word() === "is" && word(1) === "not") return ((at += 2), "!=");
    if (word() === "is") return ((at += 1), "=");
    throw wrong("Expecting operator before the end of the query.");
  };
  const term = () => {
    if (word() === "not") return ((at += 1), negated(term()));
    if (!sign("(")) return clause();
    const inner = either();
    if (!sign(")")) throw wrong("Expecting ')'.");
    return inner;
  };
  const both = () => {
    const parts = [term()];
    while (word() === "and") ((at += 1), parts.push(term()));
    return (item) => parts.every((part) => part(item));
  };
  const either = () => {
    const parts = [both()];
    while (word() === "or") ((at += 1), parts.push(both()));
    return (item) => parts.some((part) => part(item));
  };
  const found = tokens.length === 0 || word() === "order" ? () => true : either();
  const order = word() === "order" && word(1) === "by" ? tokens.slice(at + 2).map((token) => token.word?.toLowerCase()) : [];
  if (order.length === 0 && at < tokens.length)
    throw wrong(`Expecting either 'OR' or 'AND' but got '${tokens[at].word ?? tokens[at].sign}'.`);
  return { test: found, clauses, isDescending: order.includes("desc") };
}

const negated = (part) => (item) => !part(item);

function tokensOf(jql) {
  TOKEN.lastIndex = 0;
  const tokens = [];
  const text = jql.trim();
  while (TOKEN.lastIndex < text.length) {
    const found = TOKEN.exec(text);
    if (!found) throw wrong("The character cannot stand there.");
    const [, double, single, sign, word] = found;
    const quoted = double ?? single;
    tokens.push(quoted === undefined ? { sign, word } : { text: quoted.replace(/\\(.)/g, "$1") });
  }
  return tokens;
}

/** The values that a clause about a field can have, and what an issue has there. */
const FIELDS = {
  project: { of: ({ project: { id, key, name } }) => [id, key, name], is: (board, value) => board.project(value) },
  status: { of: ({ status }) => [status], is: () => true },
  statuscategory: {
    of: (item) => [item.project.statuses.find(({ name }) => name === item.status).category],
    is: () => true,
  },
  issuetype: { of: ({ type: { id, name } }) => [id, name], is: () => true },
  assignee: { of: ({ assignee }) => (assignee ? [assignee.id, assignee.email] : ["empty", "null"]), is: () => true },
  key: { of: ({ id, name }) => [id, name], is: (board, value) => board.item(value) },
};
const SAME = { issuekey: "key", issue: "key", id: "key", type: "issuetype" };
const TEXTS = {
  summary: ({ title }) => title,
  text: ({ title, name, text = "" }) => `${title} ${name} ${text}`,
  description: ({ text = "" }) => text,
};

function test(board, name, operator, values) {
  const field = SAME[name] ?? name;
  if (operator.endsWith("~")) {
    if (!TEXTS[field]) throw wrong(`The operator '${operator}' is not supported by the '${name}' field.`);
    const holds = (item) => words(values[0]).every((part) => TEXTS[field](item).toLowerCase().includes(part));
    return operator === "!~" ? negated(holds) : holds;
  }
  const known = FIELDS[field];
  if (!known) throw wrong(`Field '${name}' does not exist or you do not have permission to view it.`);
  for (const value of values) {
    if (known.is(board, value)) continue;
    const what =
      field === "key"
        ? `An issue with key '${value}' does not exist for field '${name}'.`
        : `The value '${value}' does not exist for the field '${name}'.`;
    throw answered(400, problem(what));
  }
  const wanted = values.map((value) => value.toLowerCase());
  const holds = (item) => known.of(item).some((value) => wanted.includes(value?.toLowerCase()));
  return operator === "!=" || operator === "not in" ? negated(holds) : holds;
}

/** The words of a text search: `*` at the end and what is escaped mean themselves. */
function words(text) {
  const plain = text.replace(/\\(.)/g, "$1").replace(/^"|"$/g, "").toLowerCase();
  return plain
    .split(/\s+/)
    .map((part) => part.replace(/\*+$/, ""))
    .filter(Boolean);
}
