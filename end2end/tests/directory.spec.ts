import type { Page } from "@playwright/test";
import { demo, DIRECTORY, expect, gotoHydrated, signIn, test } from "../support/test.js";

const search = (page: Page) => page.getByRole("searchbox", { name: "Search integrations" });
const rows = (page: Page) => page.getByRole("list", { name: "Integrations" }).locator(".row");
const names = (page: Page) => rows(page).locator(".row-link");
const segment = (page: Page, name: string) => page.getByRole("list", { name: "Status" }).getByRole("link", { name: new RegExp(`^${name} \\d`) });

test.beforeEach(async ({ context, hub, page }) => {
  await signIn(context, hub, demo.owner);
  await gotoHydrated(page, DIRECTORY);
});

test("what is broken comes first, with the reason and the cure in its row, then what is installed", async ({ page }) => {
  await expect(names(page).first()).toHaveText("Linear");
  const broken = rows(page).first();
  await expect(broken).toContainText("Needs sign-in");
  await expect(broken).toContainText("Linear refused the stored sign-in. Settings are kept.");
  await expect(broken.getByRole("link", { name: "Sign in again" })).toBeVisible();
  await expect(rows(page).nth(1)).toContainText(/Paused|Connected/);
  await expect(page.getByText("3 connected, 1 paused, 1 needs a hand.")).toBeVisible();
  await expect(rows(page)).toHaveCount(37);
});

test("a search answers while it is typed, and forgives a slip of the finger", async ({ page }) => {
  await search(page).pressSequentially("post");
  await expect(names(page)).toHaveText(["PostgreSQL"]);
  await search(page).fill("githbu");
  await expect(names(page).first()).toHaveText("GitHub");
  await expect(page).toHaveURL(/\?search=githbu$/);
  await page.reload();
  await expect(search(page)).toHaveValue("githbu");
  await expect(names(page).first()).toHaveText("GitHub");
});

test("each count tells what its segment or category would leave", async ({ page }) => {
  await expect(segment(page, "All")).toHaveText(/37$/);
  await expect(segment(page, "Installed")).toHaveText(/5$/);
  await expect(segment(page, "Attention")).toHaveText(/1$/);
  await segment(page, "Installed").click();
  await expect(rows(page)).toHaveCount(5);
  await expect(page).toHaveURL(/\?status=installed$/);

  const category = page.getByRole("combobox", { name: "Category" });
  const sourceCode = await category.getByRole("option", { name: /^Source code/ }).textContent();
  const count = Number(/\((\d+)\)/.exec(sourceCode ?? "")?.[1]);
  await category.selectOption({ label: sourceCode ?? "" });
  await expect(rows(page)).toHaveCount(count);
  await expect(segment(page, "Installed")).toHaveText(new RegExp(`${count}$`));
  await expect(page).toHaveURL(/status=installed&category=/);
});

test("the address holds the filter, and the back button takes it back", async ({ page }) => {
  await segment(page, "Attention").click();
  await expect(names(page)).toHaveText(["Linear"]);
  await segment(page, "Installed").click();
  await expect(rows(page)).toHaveCount(5);
  await page.goBack();
  await expect(names(page)).toHaveText(["Linear"]);
  await expect(segment(page, "Attention")).toHaveAttribute("aria-current", "true");
  await page.goBack();
  await expect(rows(page)).toHaveCount(37);

  await gotoHydrated(page, `${DIRECTORY}?search=slack&status=installed`);
  await expect(search(page)).toHaveValue("slack");
  await expect(names(page)).toHaveText(["Slack"]);
});

test("the keyboard is enough: slash searches, arrows move, Enter opens", async ({ page }) => {
  await page.keyboard.press("/");
  await expect(search(page)).toBeFocused();
  await expect(search(page)).toHaveValue("");
  await page.keyboard.type("a/b");
  await expect(search(page)).toHaveValue("a/b");
  await search(page).fill("sentry");
  await expect(names(page).first()).toHaveText("Sentry");
  await search(page).fill("");
  await expect(rows(page)).toHaveCount(37);

  await page.keyboard.press("ArrowDown");
  await expect(names(page).nth(0)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(names(page).nth(1)).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await expect(search(page)).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/integrations\/linear\/$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Linear");
});

test("a search without a result says what was searched and offers to clear it", async ({ page }) => {
  await segment(page, "Installed").click();
  await search(page).fill("zzzz");
  await expect(page.getByText("Nothing fits “zzzz” under Installed.")).toBeVisible();
  await page.getByRole("link", { name: "Clear the search" }).click();
  await expect(rows(page)).toHaveCount(37);
  await expect(search(page)).toHaveValue("");
  await expect(page).toHaveURL(new RegExp(`${DIRECTORY}$`));
});

test("Escape empties the search", async ({ page }) => {
  await search(page).fill("linear");
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(search(page)).toHaveValue("");
  await expect(rows(page)).toHaveCount(37);
});

test("the page of any kind of entry is marked as part of the directory", async ({ page, context, hub }) => {
  await signIn(context, hub, demo.owner);
  for (const path of ["document-integrations/terraform/", "plugins/webhooks/", "integrations/github/"]) {
    await page.goto(`/settings/acme/${path}`);
    await expect(page.getByRole("link", { name: /^Directory/ })).toHaveAttribute("aria-current", "true");
  }
});
