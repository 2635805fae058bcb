import type { Page } from "@playwright/test";
import { demo, DIRECTORY, expect, fillLogin, gotoHydrated, hydrated, signIn, test } from "../support/test.js";

const CONFIGURED = `${DIRECTORY}circleci/?tab=configurations`;

/** Asserts that a control is there, can be reached by keyboard, does nothing, and says why when it is. */
async function refusesWithReason(page: Page, name: string | RegExp, reason: RegExp): Promise<void> {
  const control = page.getByRole("button", { name }).first();
  await expect(control).toHaveAttribute("aria-disabled", "true");
  await expect(control).toHaveAccessibleDescription(reason);
  await control.focus();
  await expect(control).toBeFocused();
  const shown = await control.evaluate((element) => getComputedStyle(element, "::after").content);
  expect(shown, "the reason is shown while the control has the focus").toMatch(reason);
  const before = page.url();
  await page.keyboard.press("Enter");
  expect(page.url()).toBe(before);
}

test.describe("a member", () => {
  test.beforeEach(({ context, hub }) => signIn(context, hub, demo.member));

  test("sees the controls of an installation, and why they cannot be used", async ({ page }) => {
    await gotoHydrated(page, CONFIGURED);
    await refusesWithReason(page, "Pause Acme builds", /Ask one of them\.|can do this/);
    await refusesWithReason(page, "Remove… Acme builds", /can do this/);
    await expect(page.getByText("Connected").first()).toBeVisible();
  });

  test("sees the settings, and who can change them", async ({ page }) => {
    await gotoHydrated(page, CONFIGURED);
    await page.getByRole("link", { name: "Configure Acme builds" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Acme builds");
    await expect(page.getByLabel("Project")).toBeDisabled();
    await expect(page.getByRole("switch", { name: "Announce deployments" })).toBeDisabled();
    await expect(page.getByText("Read only", { exact: true })).toBeVisible();
    await expect(page.getByText(/of this organization can do this/).first()).toBeVisible();
    for (const name of ["Check now", "Pause", "Remove…"]) {
      await refusesWithReason(page, name, /can do this/);
    }
  });

  test("is offered to ask where nothing can be installed", async ({ page }) => {
    await gotoHydrated(page, `${DIRECTORY}postgres/`);
    await expect(page.getByRole("link", { name: "Request installation" })).toBeVisible();
    await expect(page.getByRole("link", { name: "Add database" })).toHaveCount(0);
    await gotoHydrated(page, `${DIRECTORY}postgres/install/`);
    await expect(page.getByLabel("Host")).toHaveCount(0);
  });

  test("is refused by the server too, whatever the page offers", async ({ hub, page }) => {
    const pause = await page.request.post(`${hub.url}/_api/integrations/pause`, {
      form: { org: "acme", id: "5" },
      headers: { Origin: hub.url, Accept: "application/json" },
    });
    expect(pause.status()).toBe(403);
  });

  test("does not see the instance's mails", async ({ page, complaints }) => {
    complaints.expect(/status of 40[34]/);
    await gotoHydrated(page, DIRECTORY);
    await expect(page.getByRole("link", { name: "Mail outbox" })).toHaveCount(0);
    const response = await page.goto("/admin/mail/");
    expect([403, 404]).toContain(response?.status());
    await expect(page.getByText("Linear needs a new sign-in")).toHaveCount(0);
  });
});

test("another organization's pages are not found, as if they did not exist", async ({ context, hub, page, complaints }) => {
  complaints.expect(/status of 404/);
  await signIn(context, hub, demo.rival);
  for (const path of [DIRECTORY, `${DIRECTORY}circleci/`, `${DIRECTORY}circleci/5/`, "/settings/nonesuch/integrations/"]) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Not found");
    await expect(page.getByText("Acme")).toHaveCount(0);
  }
  // Their own organization's address with another organization's installation.
  const response = await page.goto("/settings/rival/integrations/circleci/5/");
  expect(response?.status()).toBe(404);
});

test("whoever is signed out signs in and lands on the page they asked for", async ({ page }) => {
  await page.goto(`${DIRECTORY}github/?tab=features`);
  await expect(page).toHaveURL(/\/login\?next=/);
  await hydrated(page);
  await fillLogin(page, demo.member);
  await expect(page).toHaveURL(/\/integrations\/github\/\?tab=features$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("GitHub");
});

for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
  test(`the sign-in does not lead to ${next}`, async ({ hub, page }) => {
    await gotoHydrated(page, `/login?next=${encodeURIComponent(next)}`);
    await fillLogin(page, demo.member);
    await expect(page).toHaveURL(`${hub.url}${DIRECTORY}`);
  });
}

test("a request from another site is refused", async ({ hub, request }) => {
  const form = { email: demo.member, password: demo.password };
  const forged = await request.post(`${hub.url}/_api/sessions/log-in`, { form, headers: { Origin: "https://evil.example" } });
  expect(forged.status()).toBe(403);
});
