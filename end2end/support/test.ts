import { test as base, expect } from "@playwright/test";
import { Complaints } from "./console.js";
import { startHub, type Hub } from "./hub.js";

export { expect };
export { demo, DIRECTORY } from "./demo.js";
export { axe, axeNow, fillLogin, gotoHydrated, hydrated, login, signIn } from "./page.js";

interface TestFixtures {
  /** What the browser complains about; a test fails on any complaint that it has not declared. */
  complaints: Complaints;
}

interface WorkerFixtures {
  /** The demo hub, one per worker. A test that changes what others see starts a hub of its own with `startHub`. */
  hub: Hub;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  hub: [
    async ({}, use) => {
      const hub = await startHub();
      await use(hub);
      await hub.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  baseURL: async ({ hub }, use) => use(hub.url),
  complaints: [
    async ({ context }, use) => {
      const complaints = new Complaints();
      complaints.watch(context);
      await use(complaints);
      expect(complaints.unexpected(), "the browser complained").toEqual([]);
    },
    { auto: true },
  ],
});
