import { test as base, expect } from "@playwright/test";
import { Complaints } from "./console.js";
import { startHub, type Hub, type HubOptions } from "./hub.js";

export { expect };
export { demo, DIRECTORY } from "./demo.js";
export { axe, fillLogin, gotoHydrated, hydrated, login, signIn } from "./page.js";

interface TestFixtures {
  /** What the browser complains about; a test fails on any complaint that it has not declared. */
  complaints: Complaints;
}

interface WorkerFixtures {
  /** The demo hub, one per worker. A file whose tests change what others see has one of its own: `withHub`. */
  hub: Hub;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  hub: [({}, use) => serve({}, use), { scope: "worker", timeout: 60_000 }],
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

/** The same test with a hub of its own for the file, started like this. */
export function withHub(options: HubOptions) {
  return test.extend<object, object>({
    hub: [({}, use) => serve(options, use), { scope: "worker", timeout: 60_000 }],
  });
}

/** Serves while the fixture is in use. */
export async function serve(options: HubOptions, use: (hub: Hub) => Promise<void>): Promise<void> {
  const hub = await startHub(options);
  await use(hub);
  await hub.stop();
}
