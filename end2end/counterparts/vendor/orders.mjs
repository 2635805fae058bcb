// The words by which a test does something at a vendor.

import { flood } from "./flood.mjs";

/** The words of every vendor. */
export function orders(vendor) {
  const { deliveries } = vendor;
  return {
    change: (wanted) => change(vendor, wanted),
    item: (id) => vendor.board.state(itemOf(vendor, id)),
    items: () => [...vendor.board.items.values()].map((item) => vendor.board.state(item)),
    deliver: (wanted) => deliver(vendor, wanted),
    flood: (wanted) => flood(vendor, wanted),
    settle: () => deliveries.settle(),
    hold_hooks: () => deliveries.hold(),
    release_hooks: (order) => deliveries.release(order),
    resend: () => deliveries.again(),
    refused_hooks: () => deliveries.refused,
    clock_skew_ms: (value) => void (vendor.skew = value),
    forget: () => vendor.forget(),
  };
}

/** The item that a test means. */
export function itemOf(vendor, id) {
  const item = vendor.board.item(id);
  if (!item) throw new Error(`there is no item ${id}`);
  return item;
}

/** Somebody changes something over there. */
async function change(vendor, wanted) {
  if (!Array.isArray(wanted)) return changeOne(vendor, wanted);
  const answers = [];
  for (const one of wanted) answers.push(await changeOne(vendor, one));
  return answers;
}

async function changeOne(vendor, { item: id, status, assignee, comment, actor, silent = false, ...more }) {
  const unknown = Object.keys(more)[0];
  if (unknown) throw new Error(`a change has no ${unknown}`);
  const { board } = vendor;
  const item = itemOf(vendor, id);
  if (status !== undefined && !vendor.part.statuses(item).includes(status))
    throw new Error(`${item.name} cannot be ${status}`);
  const author = actor === undefined ? (board.people[1] ?? board.me) : (board.person(actor) ?? { id: "0", name: actor });
  const holder =
    assignee === undefined || assignee === null ? assignee : (vendor.part.holder?.(assignee) ?? board.known(assignee));
  const said = comment === undefined ? undefined : vendor.part.comment(comment);
  const delivered = [];
  for (const delivery of vendor.changed(item, { status, assignee: holder, comment: said }, author)) {
    if (silent) deliveries(vendor).keep(delivery);
    else delivered.push(await deliveries(vendor).push(delivery));
  }
  return { item: board.state(item), delivered };
}

const deliveries = (vendor) => vendor.deliveries;

/** Sends again what was sent, or kept. */
async function deliver(vendor, { item: id, which = [-1], fresh = false, headers = {}, body, times = 1 }) {
  const kept = vendor.deliveries.of(itemOf(vendor, id).id);
  const answers = [];
  for (const at of which) {
    const found = kept.at(at);
    if (!found) throw new Error(`only ${kept.length} webhooks about ${id} are kept`);
    for (let turn = 0; turn < times; turn += 1) {
      const sent = { ...(fresh ? vendor.part.renumbered(found) : found) };
      if (body !== undefined) sent.body = typeof body === "string" ? body : JSON.stringify(body);
      const all = Object.entries({ ...sent.headers, ...headers }).filter(([, value]) => value !== null);
      answers.push(await vendor.deliveries.send({ ...sent, headers: Object.fromEntries(all) }));
    }
  }
  return answers;
}
