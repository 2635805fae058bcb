// Atlassian Document Format: whether a document is one, and its text.
// Source: https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/

import { only, undocumented } from "../vendor/routes.mjs";

const INLINE = ["text", "hardBreak", "mention", "emoji", "inlineCard", "date", "status"];
const LISTS = ["bulletList", "orderedList"];
/** What may stand in what. */
const CONTENT = {
  doc: ["blockquote", "codeBlock", "heading", "panel", "paragraph", "rule", ...LISTS],
  paragraph: INLINE,
  heading: INLINE,
  blockquote: ["paragraph", "codeBlock", ...LISTS],
  panel: ["paragraph", "heading", ...LISTS],
  bulletList: ["listItem"],
  orderedList: ["listItem"],
  listItem: ["paragraph", "codeBlock", ...LISTS],
  codeBlock: ["text"],
};
const MARKS = ["code", "em", "link", "strike", "strong", "subsup", "textColor", "underline"];

/** Asserts that a value is a document. */
export function checkDocument(value, where) {
  only(value, ["version!", "type!", "content!"], where);
  if (value.version !== 1 || value.type !== "doc") throw undocumented(`${where} is no document of version 1`);
  checkContent(value, where);
}

function checkContent(node, where) {
  const allowed = CONTENT[node.type];
  if (node.content === undefined) return;
  if (!allowed) throw undocumented(`${where}: ${node.type} holds nothing`);
  if (!Array.isArray(node.content)) throw undocumented(`${where}: the content of ${node.type} is no list`);
  if (node.content.length === 0 && !["doc", "paragraph", "heading", "codeBlock"].includes(node.type)) {
    throw undocumented(`${where}: ${node.type} is empty`);
  }
  for (const inner of node.content) {
    if (!allowed.includes(inner?.type)) throw undocumented(`${where}: ${node.type} holds no ${inner?.type}`);
    only(inner, ["type!", "content", "text", "marks", "attrs"], `${where}: ${inner.type}`);
    if (inner.type === "text") checkText(inner, where);
    else if (inner.text !== undefined) throw undocumented(`${where}: ${inner.type} has no text`);
    checkContent(inner, where);
  }
}

function checkText({ text, marks = [] }, where) {
  if (typeof text !== "string" || text === "") throw undocumented(`${where}: a text is empty`);
  for (const mark of marks) {
    only(mark, ["type!", "attrs"], `${where}: a mark`);
    if (!MARKS.includes(mark.type)) throw undocumented(`${where}: there is no mark ${mark.type}`);
    if (mark.type === "link" && typeof mark.attrs?.href !== "string") throw undocumented(`${where}: a link has no href`);
  }
}

/** The text of a document, a line for each block. */
export function textOf(node) {
  if (node.type === "text") return node.text;
  if (node.type === "hardBreak") return "\n";
  const parts = (node.content ?? []).map(textOf);
  return parts.join(CONTENT[node.type]?.includes("text") ? "" : "\n");
}
