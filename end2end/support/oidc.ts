import { startCounterpart, type Counterpart } from "./counterpart.js";
import type { Client } from "./emulate.js";

/** What a provider is like; `counterparts/oidc.mjs` lists everything that may be specified. */
export interface OidcSpecification {
  redirect_uris: string[];
  scopes?: string[];
  /** Ask the person on a page with the buttons Allow and Cancel. */
  page?: boolean;
  api?: { method?: string; path: string; answer?: unknown; [more: string]: unknown }[];
  [more: string]: unknown;
}

/** Starts a strict OAuth provider (`oidc-provider`) with stub routes for a vendor's API. */
export function startOidc(specification: OidcSpecification): Promise<Counterpart<Client>> {
  return startCounterpart("node", "oidc.mjs", specification);
}
