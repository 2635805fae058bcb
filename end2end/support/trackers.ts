import { startCounterpart, type Counterpart } from "./counterpart.js";
import type { Client } from "./emulate.js";

/** Somebody at a vendor. */
export interface VendorPerson {
  id: string;
  name: string;
  email: string;
}

/** What every vendor says about itself. */
interface VendorFacts extends Client {
  users: VendorPerson[];
}

/** The organization "fabrikam" of Azure DevOps. */
export interface AzureDevOpsFacts extends VendorFacts {
  account_id: string;
  account_name: string;
  projects: { id: string; name: string }[];
  items: string[];
}

/** The site "Fabrikam" of Jira. */
export interface JiraFacts extends VendorFacts {
  cloud_id: string;
  site: string;
  projects: { id: string; key: string; name: string }[];
  items: { id: string; key: string }[];
}

/** An organization of Sentry. */
export interface SentryFacts extends VendorFacts {
  organization_id: string;
  slug: string;
  projects: { id: string; slug: string; name: string }[];
  items: { id: string; short_id: string }[];
}

/** What may be specified for any of them; `counterparts/vendor.mjs` and the vendor's own file list the rest. */
export interface VendorSpecification {
  redirect_uris: string[];
  users?: { name?: string; email?: string; hidden?: boolean }[] | { count: number };
  items?: object[] | { count: number; [same: string]: unknown };
  projects?: number | object[];
  [more: string]: unknown;
}

/** A work item, an issue, as it is at the vendor now. */
export interface VendorItem {
  id: string;
  name: string;
  title: string;
  description: string;
  project: string;
  status: string;
  /** An address; the name of whoever has none, such as a team. */
  assignee: string | null;
  comments: { id: string; author: string; text: string }[];
  rev: number;
}

/** What somebody does to an item over there. */
export interface VendorChange {
  /** The id, or what people call it. */
  item: string;
  status?: string;
  assignee?: string | null;
  comment?: string;
  /** The name or address of who does it. */
  actor?: string;
  /** Nobody is told. */
  silent?: boolean;
}

/** A vendor whose items can be changed and looked at. */
export class Vendor<Facts> {
  constructor(private readonly counterpart: Counterpart<Facts>) {}

  get url(): string {
    return this.counterpart.url;
  }

  get facts(): Facts {
    return this.counterpart.facts;
  }

  /** Any other order. */
  order(words: Record<string, unknown>): Promise<unknown> {
    return this.counterpart.order(words);
  }

  /** Somebody changes an item; the webhooks that tell of it are delivered when this is over. */
  async change(change: VendorChange): Promise<VendorItem> {
    const { item } = (await this.order({ change })) as { item: VendorItem };
    return item;
  }

  /** An item as it is now. */
  async item(id: string): Promise<VendorItem> {
    return (await this.order({ item: id })) as VendorItem;
  }

  /** Waits until no webhook is under way. */
  async settle(): Promise<void> {
    await this.order({ settle: true });
  }

  /** What was called, written and sent so far, and why requests were refused for their form. */
  seen(): ReturnType<Counterpart<Facts>["seen"]> {
    return this.counterpart.seen();
  }

  stop(): Promise<void> {
    return this.counterpart.stop();
  }
}

/** Starts Azure DevOps. */
export function startAzureDevOps(specification: VendorSpecification): Promise<Vendor<AzureDevOpsFacts>> {
  return start("azure-devops", specification);
}

/** Starts Jira. */
export function startJira(specification: VendorSpecification): Promise<Vendor<JiraFacts>> {
  return start("jira", specification);
}

/** Starts Sentry. */
export function startSentry(
  specification: VendorSpecification & { hook?: { url: string; secret: string } },
): Promise<Vendor<SentryFacts>> {
  return start("sentry", specification);
}

async function start<Facts>(vendor: string, specification: VendorSpecification): Promise<Vendor<Facts>> {
  return new Vendor(await startCounterpart<Facts>("node", "oidc.mjs", { ...specification, vendor }));
}
