import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { startHub, type Hub } from "../support/hub.js";
import { looksRight, SCREENSHOTS } from "../support/looks.js";
import { axe, demo, DIRECTORY, expect, gotoHydrated, hydrated, signIn, test } from "../support/test.js";

/** The pages of a signed-in person, each with what shows that it is there. */
const PAGES: [name: string, url: string, shows: string][] = [
  ["directory", DIRECTORY, "Integrations"],
  ["directory-nothing-found", `${DIRECTORY}?search=zzzz&status=installed`, "Integrations"],
  ["detail", `${DIRECTORY}github/`, "GitHub"],
  ["detail-configurations", `${DIRECTORY}github/?tab=configurations`, "GitHub"],
  ["detail-features", `${DIRECTORY}github/?tab=features`, "GitHub"],
  ["detail-not-connected", `${DIRECTORY}postgres/?tab=configurations`, "PostgreSQL"],
  ["detail-plugin", "/settings/acme/plugins/webhooks/", "Webhooks"],
  ["detail-app", "/settings/acme/sentry-apps/rotaboard/", "Rotaboard"],
  ["detail-document", "/settings/acme/document-integrations/terraform/", "Terraform"],
  ["install", `${DIRECTORY}postgres/install/`, "Connect PostgreSQL"],
  ["install-steps", `${DIRECTORY}linear/install/`, "Connect Linear"],
  ["providers", "/admin/providers/", "Providers"],
  ["provider", "/admin/providers/github/", "GitHub"],
  ["mail-outbox", "/admin/mail/", "Mail outbox"],
  ["not-found", `${DIRECTORY}nonesuch/`, "Not found"],
];

/** The pages of one installation, reached from the configurations of its provider. */
const INSTALLATIONS: [name: string, provider: string, installation: string][] = [
  ["configure", "circleci", "Acme builds"],
  ["configure-broken", "linear", "Acme"],
  ["configure-paused", "slack", "Acme HQ"],
];

// Each test opens its own page and changes nothing.
test.describe.configure({ mode: "parallel" });

test.describe("of a signed-in person", () => {
  test.beforeEach(({ context, hub }) => signIn(context, hub, demo.owner));

  for (const [name, url, shows] of PAGES) {
    test(`${name} has no barrier and fits, wide and narrow, light and dark`, async ({ page, complaints }) => {
      if (name === "not-found") {
        complaints.expect(/status of 404/);
      }
      await gotoHydrated(page, url);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(shows);
      await looksRight(page, name);
    });
  }

  for (const [name, provider, installation] of INSTALLATIONS) {
    test(`${name} has no barrier and fits, wide and narrow, light and dark`, async ({ page }) => {
      await openInstallation(page, provider, installation);
      await looksRight(page, name);
    });
  }

  test("the page before a removal has no barrier and fits", async ({ page }) => {
    await openInstallation(page, "circleci", "Acme builds");
    await gotoHydrated(page, `${page.url()}remove/`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Remove Acme builds?");
    await looksRight(page, "remove");
  });

  test("the menu of a narrow screen has no barrier and fits", async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 800 });
    await gotoHydrated(page, DIRECTORY);
    await page.getByRole("button", { name: "Menu" }).click();
    await expect(page.getByRole("link", { name: "Mail outbox" })).toBeVisible();
    await axe(page, (colorScheme) => page.screenshot({ path: join(SCREENSHOTS, `menu-${colorScheme}-360.png`) }));
    await page.keyboard.press("Escape");
    await expect(page.getByRole("link", { name: "Mail outbox" })).toBeHidden();
    await expect(page.getByRole("button", { name: "Menu" })).toBeFocused();
  });

  test("the install dialog keeps the focus, gives it back, and closes by Escape", async ({ page }) => {
    await gotoHydrated(page, `${DIRECTORY}postgres/`);
    const opener = page.getByRole("link", { name: "Add database" });
    await opener.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Connect PostgreSQL" });
    await expect(dialog).toBeVisible();
    await looksRight(page, "install-dialog");
    await keepsFocus(page, dialog);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(opener).toBeFocused();
    await expect(page).toHaveURL(/\/postgres\/$/);
  });

  test("the removal dialog keeps the focus, gives it back, and closes by Escape", async ({ page }) => {
    await openInstallation(page, "circleci", "Acme builds");
    const opener = page.getByRole("link", { name: "Remove…" });
    await opener.focus();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "Remove Acme builds?" });
    await expect(dialog).toBeVisible();
    await looksRight(page, "remove-dialog");
    await keepsFocus(page, dialog);
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(opener).toBeFocused();
  });

  test("whoever walks through a page by Tab always sees where they are", async ({ page }) => {
    for (const url of [DIRECTORY, `${DIRECTORY}github/?tab=configurations`, `${DIRECTORY}postgres/install/`]) {
      await gotoHydrated(page, url);
      for (let step = 0; step < 25; step += 1) {
        await page.keyboard.press("Tab");
        expect(await invisibleFocus(page), `step ${step} on ${url}`).toBeNull();
      }
    }
  });
});

test.describe("of nobody in particular", () => {
  test("sign-in has no barrier and fits, wide and narrow, light and dark", async ({ page }) => {
    await gotoHydrated(page, "/login");
    await looksRight(page, "login");
  });

  test("an address without a page has no barrier and fits", async ({ page, complaints }) => {
    complaints.expect(/status of 404/);
    await gotoHydrated(page, "/nothing/here");
    await looksRight(page, "nothing");
  });
});

test.describe("of a fresh instance", () => {
  let fresh: Hub;
  test.beforeAll(async () => {
    fresh = await startHub({ args: [] });
  });
  test.afterAll(() => fresh.stop());

  test("set-up has no barrier and fits, wide and narrow, light and dark", async ({ page }) => {
    await gotoHydrated(page, `${fresh.url}/setup`);
    await looksRight(page, "setup");
  });
});

async function openInstallation(page: Page, provider: string, installation: string): Promise<void> {
  await gotoHydrated(page, `${DIRECTORY}${provider}/?tab=configurations`);
  await page.getByRole("link", { name: `Configure ${installation}`, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(installation);
  await hydrated(page);
}

/** Asserts that Tab, forwards and backwards, never reaches the page behind the dialog. */
async function keepsFocus(page: Page, dialog: Locator): Promise<void> {
  for (const key of [...Array<string>(16).fill("Tab"), ...Array<string>(4).fill("Shift+Tab")]) {
    await page.keyboard.press(key);
    const outside = await dialog.evaluate((dialog) => {
      const focused = document.activeElement;
      // Between the last and the first control the focus is in the browser's own bars.
      return focused && focused !== document.body && !dialog.contains(focused) ? focused.outerHTML : null;
    });
    expect(outside, `after ${key}`).toBeNull();
  }
}

/** What is focused without a ring, on itself or on the row that it fills, where that is so. */
function invisibleFocus(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) {
      return null;
    }
    const rings = [undefined, "::after"].map((part) => getComputedStyle(focused, part));
    const isSeen = rings.some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && outlineWidth !== "0px");
    return isSeen ? null : focused.outerHTML;
  });
}
