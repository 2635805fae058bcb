// The webhooks of an integration, signed with its client secret.

import { createHmac, randomUUID } from "node:crypto";
import { holder, issue } from "./issues.mjs";

const INSTALLATION = "7a485448-a9e2-4c85-8a3c-4f44175783c9";
const ACTIONS = { resolved: "resolved", unresolved: "unresolved", ignored: "archived" };
const SUBSTATES = { unresolved: "ongoing", ignored: "archived_until_escalating" };

/** The webhooks about a change: one for the state, one for who has it, one for a comment. */
export function webhooks(vendor, item, changes, author) {
  return changes.flatMap(({ field, to }) => {
    if (field === "comment") return commentWebhook(vendor, item, to, author, "created");
    if (field === "status") return issueWebhook(vendor, item, author, ACTIONS[to]);
    return to || vendor.spec.tells_unassign ? issueWebhook(vendor, item, author, "assigned") : [];
  });
}

function issueWebhook(vendor, item, author, action) {
  const { permalink, ...shown } = issue(vendor, item);
  const api = `https://sentry.io/api/0/organizations/${vendor.part.organization.slug}/issues/${item.id}/`;
  const substatus = SUBSTATES[item.status] ?? null;
  const data = {
    issue: { ...shown, substatus, statusDetails: {}, assignedTo: holder(item.assignee), web_url: permalink, url: api },
  };
  return signed(vendor, item, "issue", { action, data }, author);
}

/** The webhook about a comment. */
export function commentWebhook(vendor, item, { id, text, at }, author, action) {
  const timestamp = new Date(at).toISOString();
  const data = {
    comment_id: Number(id),
    issue_id: Number(item.id),
    project_slug: item.project.slug,
    timestamp,
    comment: text,
  };
  return signed(vendor, item, "comment", { action, data }, author);
}

function signed(vendor, item, resource, message, author) {
  const hook = vendor.part.hook();
  if (!hook) return [];
  const actor = { type: "user", id: author.id, name: author.name };
  const body = JSON.stringify({ ...message, installation: { uuid: INSTALLATION }, actor });
  const headers = {
    "content-type": "application/json",
    "request-id": randomUUID().replaceAll("-", ""),
    "sentry-hook-resource": resource,
    "sentry-hook-timestamp": String(Math.floor(vendor.now() / 1000)),
    "sentry-hook-signature": createHmac("sha256", hook.secret).update(body).digest("hex"),
  };
  return [{ item: item.id, url: hook.url, headers, body }];
}
