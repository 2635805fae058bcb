import type { BrowserContext, Locator, Page } from "@playwright/test";
import { looksRight } from "../support/looks.js";
import { freePort } from "../support/port.js";
import { demo, DIRECTORY, expect, gotoHydrated, hydrated, serve, signIn, test as base } from "../support/test.js";
import { startAzureDevOps, startSentry, type AzureDevOpsFacts, type SentryFacts, type Vendor } from "../support/trackers.js";

interface Vendors {
  port: number;
  azure: Vendor<AzureDevOpsFacts>;
  sentry: Vendor<SentryFacts>;
}

/** A hub whose Azure DevOps and Sentry are stubs on this machine. */
const test = base.extend<object, Vendors>({
  port: [async ({}, use) => use(await freePort()), { scope: "worker" }],
  azure: [
    async ({ port }, use) => {
      const required = {
        Task: [
          { referenceName: "Custom.Owner", name: "Owner", type: "identity" },
          { referenceName: "Custom.Start", name: "Start", type: "dateTime" },
        ],
      };
      const redirect_uris = [callback(port, "vsts")];
      const azure = await startAzureDevOps({ redirect_uris, projects: 40, latency_ms: 0, required });
      await use(azure);
      await azure.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  sentry: [
    async ({ port }, use) => {
      const sentry = await startSentry({ redirect_uris: [callback(port, "sentry")] });
      await use(sentry);
      await sentry.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  hub: [
    ({ port, azure, sentry }, use) => {
      const endpoints = `vsts=${azure.url},sentry=${sentry.url}`;
      return serve({ port, env: { PATCHBAY_OUTBOUND_ALLOW: "127.0.0.1", PATCHBAY_ENDPOINTS: endpoints } }, use);
    },
    { scope: "worker", timeout: 90_000 },
  ],
});

function callback(port: number, provider: string): string {
  return `http://127.0.0.1:${port}/extensions/${provider}/setup/`;
}

/** Where the tracker is configured. */
let tracker = "";

// One walk: each test goes on where the one before has left.
test.describe.configure({ mode: "serial", timeout: 90_000 });

test.beforeEach(({ context, hub }) => signIn(context, hub, demo.owner));

test("Sentry and Azure DevOps are connected", async ({ page, context, sentry, azure, port }) => {
  await enterApp(page, "sentry", sentry.facts);
  await enterApp(page, "vsts", azure.facts);
  await sentry.order({ hook: { url: `http://127.0.0.1:${port}/extensions/sentry/webhook/`, secret: sentry.facts.client_secret } });
  await connect(page, context, "sentry", "Sentry");
  await connect(page, context, "vsts", "Azure DevOps");
  tracker = page.url();
});

test("reading forty projects shows how far it is, and two of them are mapped", async ({ page, azure }) => {
  await gotoHydrated(page, tracker);
  const settings = page.getByRole("region", { name: "Settings" });
  const again = settings.getByRole("button", { name: "Read again" });
  await expect(again).toBeVisible();
  // The projects wait at a gate, so that the progress stands still until it was seen.
  await azure.order({ hold: { match: "GET /{org}/{project}/_apis/wit/workitemtypes/{type}/states" } });
  await again.click();
  await expect(settings.getByRole("progressbar")).toBeVisible();
  await expect(settings).toContainText(/of 40/);
  await azure.order({ let_go: true });
  await expect(again).toBeVisible();
  for (const project of azure.facts.projects.slice(0, 2)) {
    await settings.getByRole("combobox", { name: "Add Azure DevOps Project" }).fill(project.name);
    await settings.getByRole("option", { name: project.name, exact: true }).click();
    const row = settings.getByRole("listitem").filter({ hasText: project.name });
    await row.getByLabel("When resolved").selectOption("Closed");
    await row.getByLabel("When unresolved").selectOption("Active");
    await expect(settings).toContainText("Saved");
  }
  for (const name of ["Sync Sentry Assignment to", "Sync Sentry Comments to", "Sync Azure DevOps Status", "Sync Azure DevOps Assignment"]) {
    await settings.getByRole("switch", { name: new RegExp(name) }).check();
  }
  await gotoHydrated(page, tracker);
  await expect(settings.getByRole("listitem")).toHaveCount(2);
  await looksRight(page, "configure-tracker");
});

test("an issue is linked with a work item, and another with one that is created for it", async ({ page, azure }) => {
  await gotoHydrated(page, `${tracker}links/`);
  await expect(page.getByText("No issue is linked yet.")).toBeVisible();
  await looksRight(page, "links-empty");
  await page.getByRole("link", { name: "Link an issue" }).or(page.getByRole("button", { name: "Link an issue" })).first().click();
  await find(page, "Find the issue", "API-1");
  await find(page, "Find the item", "1");
  await looksRight(page, "link");
  await page.getByRole("button", { name: "Link", exact: true }).click();
  const list = page.getByRole("list", { name: "Links, newest first" });
  await expect(list).toContainText("API-1");
  await expect(list).toContainText("#1");

  await page.getByRole("link", { name: "Link an issue" }).or(page.getByRole("button", { name: "Link an issue" })).first().click();
  await find(page, "Find the issue", "API-2");
  await page.getByRole("link", { name: "Create an item" }).or(page.getByRole("button", { name: "Create an item" })).or(page.getByRole("tab", { name: "Create an item" })).first().click();
  await page.getByLabel("Project", { exact: true }).selectOption({ label: azure.facts.projects[0]?.name ?? "" });
  await page.getByLabel("Type", { exact: true }).selectOption({ label: "Task" });
  await expect(page.getByLabel("Owner", { exact: true })).toHaveAttribute("type", "email");
  await expect(page.getByLabel("Start", { exact: true })).toHaveAttribute("type", "datetime-local");
  await looksRight(page, "create-item-required");
  await page.getByLabel("Type", { exact: true }).selectOption({ label: "Bug" });
  await expect(page.getByLabel("Title", { exact: true })).not.toHaveValue("");
  await looksRight(page, "create-item");
  await page.getByRole("button", { name: "Create and link" }).click();
  await expect(list).toContainText("API-2");
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await looksRight(page, "links");
});

test("a list of what was found is walked with the keys alone", async ({ page }) => {
  await gotoHydrated(page, `${tracker}links/`);
  await page.getByRole("link", { name: "Link an issue" }).first().click();
  const box = page.getByRole("combobox", { name: "Find the issue" });
  const options = page.getByRole("option");
  await expect(box).toBeFocused();
  await page.keyboard.type("zzzzz");
  await expect(page.getByText("Nothing was found for “zzzzz”. Try other words.")).toBeVisible();
  await expect(box).toHaveAttribute("aria-expanded", "false");
  await box.fill("a");
  await expect(options.first()).toBeVisible();
  await expect(box).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByRole("status").filter({ hasText: "found." })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(options.first()).toHaveAttribute("aria-selected", "true");
  await expect(box).toHaveAttribute("aria-activedescendant", (await options.first().getAttribute("id")) ?? "");
  await page.keyboard.press("ArrowUp");
  await expect(options.last()).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Escape");
  await expect(options).toHaveCount(0);
  await expect(box).toHaveValue("a");
  await page.keyboard.press("ArrowDown");
  await expect(options.first()).toBeVisible();
  await box.fill("API-3");
  await expect(options).toHaveCount(1);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Find the item" })).toBeFocused();
});

test("an issue that is resolved closes its work item, and what happens there comes back", async ({ page, azure, sentry }) => {
  await gotoHydrated(page, `${tracker}sync-log/`);
  await sentry.change({ item: "API-1", status: "resolved" });
  await expect.poll(async () => (await azure.item("1")).status).toBe("Closed");
  await expect(page.getByText("API-1 was resolved.").first()).toBeVisible();
  await azure.change({ item: "1", status: "Active" });
  await expect.poll(async () => (await sentry.item("API-1")).status).toBe("unresolved");
  await expect(page.getByText(/Unresolved API-1/).first()).toBeVisible();
  await sentry.change({ item: "API-1", comment: "Look at <b>this</b>" });
  await expect.poll(async () => (await azure.item("1")).comments.length).toBe(1);
  await looksRight(page, "sync-log");
});

test("without the feature nothing is carried, and the settings say why", async ({ page, azure, sentry, hub }) => {
  await hub.cli("org", "feature", "acme", "issue-sync", "off");
  await gotoHydrated(page, tracker);
  await expect(page.getByText("Your organization does not have access to this feature").first()).toBeVisible();
  await looksRight(page, "configure-gated");
  await sentry.change({ item: "API-1", status: "resolved" });
  await gotoHydrated(page, `${tracker}sync-log/?status=skipped`);
  await expect(page.getByText("issue sync is not among the features").first()).toBeVisible();
  expect((await azure.item("1")).status).toBe("Active");
  await hub.cli("org", "feature", "acme", "issue-sync", "on");
  await sentry.change({ item: "API-1", status: "unresolved" });
  await sentry.change({ item: "API-1", status: "resolved" });
  await expect.poll(async () => (await azure.item("1")).status).toBe("Closed");
});

test("while Azure DevOps is down changes wait, and are carried when it is back", async ({ page, azure, sentry }) => {
  await azure.order({ fail: { match: "", times: 1_000, status: 503 } });
  await sentry.change({ item: "API-1", status: "unresolved" });
  await gotoHydrated(page, `${tracker}sync-log/?status=waiting`);
  const line = page.getByRole("listitem").filter({ hasText: "Waiting" }).filter({ hasText: "API-1" }).first();
  await expect(line).toContainText("503");
  await looksRight(page, "sync-log-waiting");
  expect((await azure.item("1")).status).toBe("Closed");
  await azure.order({ heal: true });
  await page.getByRole("button", { name: /Try again/ }).first().click();
  await expect.poll(async () => (await azure.item("1")).status).toBe("Active");
  expect((await azure.seen()).refused).toEqual([]);
  expect((await sentry.seen()).refused).toEqual([]);
});

test("a link is taken away, and the undo brings it back", async ({ page }) => {
  await gotoHydrated(page, `${tracker}links/`);
  await page.getByRole("button", { name: "Unlink API-2" }).click();
  const list = page.getByRole("list", { name: "Links, newest first" });
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await expect(list.getByRole("link").first()).toBeFocused();
  await page.getByRole("button", { name: "Undo" }).press("Enter");
  await expect(list.getByRole("listitem")).toHaveCount(2);
  await expect(list.getByRole("listitem").filter({ hasText: "API-2" }).getByRole("link").first()).toBeFocused();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a mapping is changed, an issue linked and the log read", async ({ page }) => {
    await page.goto(tracker);
    const settings = page.getByRole("region", { name: "Settings" });
    const row = settings.getByRole("listitem").first();
    await row.getByLabel("When resolved").selectOption("Resolved");
    await settings.getByRole("button", { name: "Save" }).first().click();
    await expect(settings.getByRole("listitem").first().getByLabel("When resolved")).toHaveValue("Resolved");
    await page.goto(`${tracker}links/`);
    await page.getByRole("link", { name: "Link an issue" }).click();
    await page.getByLabel("Find the issue").fill("API-3");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: /API-3/ }).click();
    await page.getByLabel("Find the item").fill("3");
    await page.getByRole("button", { name: "Search" }).last().click();
    await page.getByRole("link", { name: /#3/ }).click();
    await page.getByRole("button", { name: "Link", exact: true }).click();
    await expect(page.getByRole("list", { name: "Links, newest first" })).toContainText("API-3");
    await page.goto(`${tracker}sync-log/`);
    await expect(page.getByText("API-3").first()).toBeVisible();
  });
});

/** Enters the credentials of a provider's app and saves them. */
async function enterApp(page: Page, provider: string, client: { client_id: string; client_secret: string }): Promise<void> {
  await gotoHydrated(page, `/admin/providers/${provider}/`);
  await page.getByLabel("Client id").fill(client.client_id);
  await page.getByLabel("Client secret").fill(client.client_secret);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Ready").first()).toBeVisible();
}

/** Connects the only account that there is. */
async function connect(page: Page, context: BrowserContext, provider: string, name: string): Promise<void> {
  await gotoHydrated(page, `${DIRECTORY}${provider}/`);
  await page.getByRole("link", { name: /^Add/ }).first().click();
  const popup = context.waitForEvent("page");
  await page.getByRole("dialog").getByRole("link", { name: `Sign in to ${name}` }).click();
  await popup;
  await expect(page).toHaveURL(new RegExp(`/${provider}/\\d+/$`));
  await hydrated(page);
}

/** Looks for something and chooses it. */
async function find(page: Page, label: string, text: string): Promise<void> {
  const box: Locator = page.getByLabel(label);
  await box.fill(text);
  await page.getByRole("option").filter({ hasText: text }).first().click();
}
