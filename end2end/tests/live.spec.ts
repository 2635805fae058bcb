import type { BrowserContext, Page } from "@playwright/test";
import { demo, DIRECTORY, expect, gotoHydrated, signIn, withHub } from "../support/test.js";

/** Two people look at the same hub: the owner acts, the admin only has the page open. */
const test = withHub({}).extend<{ owner: Page; admin: Page; adminContext: BrowserContext }>({
  owner: async ({ context, hub, page }, use) => {
    await signIn(context, hub, demo.owner);
    await use(page);
  },
  adminContext: async ({ browser, hub, complaints }, use) => {
    const context = await browser.newContext({ baseURL: hub.url });
    complaints.watch(context);
    await signIn(context, hub, demo.admin);
    await use(context);
    await context.close();
  },
  admin: async ({ adminContext }, use) => use(await adminContext.newPage()),
});

const CONFIGURE = `${DIRECTORY}circleci/5/`;

/** Marks the document that is open; a page that is loaded anew loses the mark. */
async function mark(page: Page): Promise<void> {
  await page.evaluate(() => document.documentElement.setAttribute("data-same-document", ""));
}

async function isSameDocument(page: Page): Promise<void> {
  await expect(page.locator("html")).toHaveAttribute("data-same-document");
}

test.beforeEach(async ({ owner, admin }) => {
  await Promise.all([gotoHydrated(owner, CONFIGURE), gotoHydrated(admin, CONFIGURE)]);
  await mark(admin);
});

test("a setting that one changes shows for the other, without a reload", async ({ owner, admin }) => {
  await owner.getByLabel("Tell people about").selectOption("Every workflow");
  await expect(admin.getByLabel("Tell people about")).toHaveValue("always");
  await owner.getByLabel("Minutes between two looks").fill("30");
  await owner.getByLabel("Minutes between two looks").press("Enter");
  await expect(admin.getByLabel("Minutes between two looks")).toHaveValue("30");
  const deployments = owner.getByRole("switch", { name: "Announce deployments" });
  await deployments.click();
  await expect(admin.getByRole("switch", { name: "Announce deployments" })).not.toBeChecked();
  await expect(admin.getByRole("region", { name: "Activity" })).toContainText("turned Announce deployments off");
  await isSameDocument(admin);
});

test("a pause shows for the other, on the configure page and in the directory", async ({ owner, admin }) => {
  await owner.getByRole("button", { name: "Pause" }).click();
  await expect(admin.getByRole("region", { name: "Health" })).toContainText("Paused");
  await expect(admin.getByRole("button", { name: "Resume" })).toBeVisible();
  await isSameDocument(admin);

  await gotoHydrated(admin, DIRECTORY);
  await mark(admin);
  const row = admin.locator(".row").filter({ hasText: "CircleCI" });
  await expect(row).toContainText("Paused");
  await owner.getByRole("button", { name: "Resume" }).click();
  await expect(row).toContainText("Connected");
  await expect(row).toContainText(`Changed by ${demo.owner} just now`);
  await isSameDocument(admin);
});

test("what is being typed is never overwritten: take theirs, or keep mine", async ({ owner, admin }) => {
  const [theirs, mine] = [owner.getByLabel("Project"), admin.getByLabel("Project")];
  await mine.fill("gh/acme/mine");
  await theirs.fill("gh/acme/theirs");
  await theirs.press("Enter");
  const choice = admin.getByRole("alert").filter({ hasText: "Theirs is “gh/acme/theirs”." });
  await expect(choice).toContainText(demo.owner);
  await expect(mine).toHaveValue("gh/acme/mine");
  await choice.getByRole("button", { name: "Take theirs" }).click();
  await expect(mine).toHaveValue("gh/acme/theirs");
  await expect(choice).toBeHidden();

  await mine.fill("gh/acme/mine");
  await theirs.fill("gh/acme/other");
  await theirs.press("Tab");
  const again = admin.getByRole("alert").filter({ hasText: "Theirs is “gh/acme/other”." });
  await again.getByRole("button", { name: "Keep mine" }).click();
  await expect(again).toBeHidden();
  await expect(mine).toHaveValue("gh/acme/mine");
  await expect(admin.locator("form.setting").filter({ has: mine })).toContainText("Saved");
  await expect(theirs).toHaveValue("gh/acme/mine");
  await isSameDocument(admin);
});

test("after the server was away the page says so, comes back by itself and catches up", async ({ owner, admin, hub, complaints }) => {
  test.slow();
  // The stream breaks and the browser tries again until somebody answers.
  complaints.expect(/net::ERR_/);
  const bar = admin.getByText(/^Reconnecting…/);
  await expect(bar).toBeHidden();
  const notes = admin.getByLabel("Project");
  await notes.fill("typed meanwhile");

  await hub.halt("SIGKILL");
  await expect(bar).toBeVisible({ timeout: 15_000 });
  await owner.goto("about:blank");
  await hub.start();
  // Changed before the admin's stream is back, so that no event tells of it.
  const paused = await owner.request.post(`${hub.url}/_api/integrations/pause`, {
    form: { org: "acme", id: "5" },
    headers: { Origin: hub.url },
  });
  expect(paused.ok()).toBe(true);

  await expect(bar).toBeHidden({ timeout: 20_000 });
  await expect(admin.getByRole("region", { name: "Health" })).toContainText("Paused");
  await expect(notes).toHaveValue("typed meanwhile");
  await isSameDocument(admin);
});
