import { startCounterpart, type Counterpart } from "./counterpart.js";

/** Credentials of an OAuth client. */
export interface Client {
  client_id: string;
  client_secret: string;
}

/** The GitHub App that Patchbay is at the emulated GitHub. */
export interface GitHubApp extends Client {
  app_id: number;
  slug: string;
  private_key: string;
  webhook_secret: string;
}

/** Starts GitHub, played by `emulate`; `counterparts/emulate-github.mjs` lists what may be specified. */
export function startGitHub(specification: { redirect_uris: string[]; [more: string]: unknown }): Promise<Counterpart<GitHubApp>> {
  return startCounterpart("node", "emulate-github.mjs", specification);
}

/** Starts Linear, played by `emulate`; `counterparts/emulate-linear.mjs` lists what may be specified. */
export function startLinear(specification: { redirect_uris: string[]; [more: string]: unknown }): Promise<Counterpart<Client>> {
  return startCounterpart("node", "emulate-linear.mjs", specification);
}
