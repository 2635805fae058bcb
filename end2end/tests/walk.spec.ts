import type { Locator, Page } from "@playwright/test";
import { startCircleCi, type CircleCi } from "../support/circleci.js";
import { freePort } from "../support/port.js";
import { startPostgres, type Postgres } from "../support/postgres.js";
import { demo, DIRECTORY, expect, gotoHydrated, hydrated, serve, signIn, test as base } from "../support/test.js";
import { startHub } from "../support/hub.js";

/** A fresh hub beside a real database and a stand-in for CircleCI, both on this machine, which it may reach. */
const test = base.extend<object, { postgres: Postgres; circleci: CircleCi }>({
  postgres: [
    async ({}, use) => {
      const postgres = await startPostgres();
      await use(postgres);
      await postgres.stop();
    },
    { scope: "worker", timeout: 60_000 },
  ],
  circleci: [
    async ({}, use) => {
      const circleci = await startCircleCi();
      await use(circleci);
      await circleci.stop();
    },
    { scope: "worker" },
  ],
  hub: [
    ({ circleci }, use) => {
      const env = { PATCHBAY_OUTBOUND_ALLOW: "127.0.0.1", PATCHBAY_ENDPOINTS: `circleci=${circleci.url}` };
      return serve({ args: [], env }, use);
    },
    { scope: "worker", timeout: 60_000 },
  ],
});

/** The first owner, and what they set up. */
const first = { name: "Ines First", email: "ines@harbour.test", password: "a quiet harbour at dawn", home: "/settings/harbour-works/integrations/" };

// One walk: each test goes on where the one before has left.
test.describe.configure({ mode: "serial" });

test("whoever comes first is led to the set-up, and becomes the owner of an empty directory", async ({ page }) => {
  await page.goto("/");
  await expect(page).toHaveURL(/\/setup$/);
  await hydrated(page);
  await page.getByLabel("Your name").fill(first.name);
  await page.getByLabel("Email").fill(first.email);
  await page.getByLabel("Password").fill(first.password);
  await page.getByLabel("Organization name").fill("Harbour Works");
  await page.getByRole("button", { name: "Create and sign in" }).click();
  await expect(page).toHaveURL(new RegExp(`${first.home}$`));
  await expect(page.getByText("Nothing is connected yet.")).toBeVisible();
  await expect(page.getByText(first.email)).toBeVisible();

  await gotoHydrated(page, "/setup");
  await expect(page.getByText("This instance is set up.")).toBeVisible();
});

test.describe("the first owner", () => {
  test.beforeEach(({ context, hub }) => signIn(context, hub, first.email, first.password));

  test("learns what the database refuses, beside the field, and loses nothing typed", async ({ page, postgres, complaints }) => {
    complaints.expect(/status of 400/);
    const dialog = await openInstallDialog(page, first.home);
    await fillDatabase(dialog, postgres);

    await dialog.getByLabel("Password").fill("wrong");
    await dialog.getByRole("button", { name: "Add database" }).click();
    const password = dialog.getByLabel("Password");
    await expect(password).toHaveAccessibleDescription(/refused the password of “patchbay”/);
    await expect(password).toHaveAttribute("aria-invalid", "true");
    await expect(password).toBeFocused();
    await expect(password).toHaveValue("wrong");
    await expect(dialog.getByLabel("Host")).toHaveValue("127.0.0.1");
    await expect(dialog.getByLabel("Database")).toHaveValue(postgres.database);
    await expect(dialog.getByLabel("User")).toHaveValue(postgres.user);

    await password.fill(postgres.password);
    await dialog.getByLabel("Port").fill(String(await freePort()));
    await dialog.getByRole("button", { name: "Add database" }).click();
    await expect(dialog.getByLabel("Host")).toHaveAccessibleDescription(/could not be reached/);
    await expect(password).toHaveAttribute("aria-describedby", /.+/);
    await expect(password).not.toHaveAttribute("aria-invalid", "true");

    await dialog.getByLabel("Port").fill(String(postgres.port));
    await dialog.getByLabel("Encryption").selectOption("require");
    await dialog.getByRole("button", { name: "Add database" }).click();
    await expect(dialog.getByLabel("Encryption")).toHaveAccessibleDescription(/does not offer encryption/);

    await dialog.getByLabel("Encryption").selectOption("prefer");
    await dialog.getByLabel("Database").fill("invoices");
    await dialog.getByRole("button", { name: "Add database" }).click();
    await expect(dialog.getByLabel("Database")).toHaveAccessibleDescription(/has no database “invoices”/);

    await gotoHydrated(page, `${first.home}postgres/?tab=configurations`);
    await expect(page.getByText("PostgreSQL is not connected yet.")).toBeVisible();
  });

  test("connects the database and sees what was found", async ({ page, postgres }) => {
    const dialog = await openInstallDialog(page, first.home);
    await fillDatabase(dialog, postgres);
    await dialog.getByRole("button", { name: "Add database" }).click();
    await expect(page).toHaveURL(new RegExp(`${first.home}postgres/\\d+/$`));
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("orders");
    await expect(toast(page, "PostgreSQL is connected: orders.")).toBeVisible();
    const access = page.getByRole("region", { name: "Access" });
    await expect(access).toContainText(`PostgreSQL ${postgres.version}`);
    await expect(access).toContainText("Databaseorders");
    await expect(access).toContainText("Rolepatchbay");
    await expect(access).toContainText("the server offers no TLS");
    await expect(page.getByRole("region", { name: "Health" })).toContainText("Connected");
    await expect(page.getByRole("region", { name: "Activity" })).toContainText("installed PostgreSQL (orders)");
    expect(await page.content(), "a password never comes back").not.toContain(postgres.password);
  });

  test("changes each kind of setting, takes one back, and finds all after a reload", async ({ page }) => {
    await openInstallation(page, "postgres", "orders");
    const label = page.getByLabel("Label");
    await label.fill("Orders of the shop");
    await label.press("Tab");
    await expect(setting(page, "Label")).toContainText("Saved");
    await toast(page, "Label is now “Orders of the shop”.").getByRole("button", { name: "Undo" }).click();
    await expect(toast(page, "Undone. Label is empty now.")).toBeVisible();
    await expect(label).toHaveValue("");
    await label.fill("Orders");
    await label.press("Enter");
    await expect(setting(page, "Label")).toContainText("Saved");

    await page.getByLabel("Time limit in milliseconds").fill("2500");
    await page.getByLabel("Notes").fill("Ines looks after it.\nBacked up at night.");
    await page.getByLabel("Notes").press("Tab");
    await expect(setting(page, "Time limit in milliseconds")).toContainText("Saved");
    await page.getByLabel("Environment").selectOption("Staging");
    await expect(setting(page, "Environment")).toContainText("Saved");
    await expect(setting(page, "Notes")).toContainText("Saved");
    await expect(toast(page, "Environment is now “Staging”.")).toBeVisible();

    const readOnly = page.getByRole("switch", { name: "Read only" });
    await expect(readOnly).toBeChecked();
    await readOnly.click();
    await expect(setting(page, "Read only")).toContainText("Saved");
    await toast(page, "Read only is off.").getByRole("button", { name: "Undo" }).click();
    await expect(readOnly).toBeChecked();
    await readOnly.click();
    await expect(setting(page, "Read only")).toContainText("Saved");

    await page.reload();
    await hydrated(page);
    await expect(label).toHaveValue("Orders");
    await expect(page.getByLabel("Time limit in milliseconds")).toHaveValue("2500");
    await expect(page.getByLabel("Environment")).toHaveValue("staging");
    await expect(page.getByLabel("Notes")).toHaveValue("Ines looks after it.\nBacked up at night.");
    await expect(readOnly).not.toBeChecked();
  });

  test("is told about a number that cannot be, and keeps it to correct it", async ({ page }) => {
    await openInstallation(page, "postgres", "orders");
    const limit = page.getByLabel("Time limit in milliseconds");
    await limit.fill("7");
    await limit.press("Tab");
    await expect(limit).toHaveAccessibleDescription(/must be a whole number from 100 to 60000/);
    await expect(limit).toHaveAttribute("aria-invalid", "true");
    await expect(limit).toHaveValue("7");
    await limit.fill("700");
    await limit.press("Tab");
    await expect(setting(page, "Time limit in milliseconds")).toContainText("Saved");
    await expect(limit).not.toHaveAttribute("aria-invalid", "true");
  });

  test("replaces a secret, which is never shown again", async ({ page, circleci }) => {
    await gotoHydrated(page, `${first.home}circleci/install/`);
    await page.getByLabel("Personal API token").fill(circleci.token);
    await page.getByRole("button", { name: "Add installation" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Acme builder");
    const secret = page.getByLabel("Webhook secret");
    await secret.fill("hush-hush-4711");
    await secret.press("Tab");
    const show = setting(page, "Webhook secret").locator("button.secret-show");
    await expect(show).toBeFocused();
    await show.press("Enter");
    await expect(secret, "to look at it is not to leave it").toHaveValue("hush-hush-4711");
    await expect(secret).toHaveAttribute("type", "text");
    await show.press("Tab");
    await expect(setting(page, "Webhook secret")).toContainText("Saved");
    await expect(toast(page, "Webhook secret was replaced.").getByRole("button", { name: "Undo" })).toHaveCount(0);
    await expect(secret).toHaveValue("");
    await expect(secret).toHaveAttribute("placeholder", /Stored/);
    await page.reload();
    await hydrated(page);
    await expect(secret).toHaveValue("");
    await expect(secret).toHaveAttribute("placeholder", /Stored/);
    expect(await page.content()).not.toContain("hush-hush-4711");
  });

  test("checks, pauses and resumes", async ({ page }) => {
    await openInstallation(page, "postgres", "orders");
    const health = page.getByRole("region", { name: "Health" });
    await page.getByRole("button", { name: "Check now" }).click();
    await expect(toast(page, "orders works.")).toBeVisible();
    await expect(health).toContainText("checked just now");
    await expect(page.getByRole("region", { name: "Activity" })).toContainText("checked the connection: it works");

    await page.getByRole("button", { name: "Pause" }).click();
    await expect(toast(page, "orders is paused.")).toBeVisible();
    await expect(health).toContainText("Paused");
    await expect(page.getByRole("button", { name: "Check now" })).toHaveAttribute("aria-disabled", "true");
    await page.getByRole("button", { name: "Resume" }).click();
    await expect(health).toContainText("Connected");
    await expect(page.getByRole("button", { name: "Pause" })).toBeVisible();
  });

  test("removes, takes it back, and removes for good", async ({ page }) => {
    test.slow();
    await openInstallation(page, "postgres", "orders");
    const dialog = await openRemoval(page);
    await expect(dialog.getByRole("listitem")).toContainText([/1 stored credential/, /fields of settings/, /of health history/]);
    await dialog.getByRole("button", { name: "Remove" }).click();
    await expect(page).toHaveURL(/\/postgres\/\?tab=configurations$/);
    await expect(page.getByText("It is being removed.")).toBeVisible();
    await toast(page, "orders is being removed.").getByRole("button", { name: "Undo" }).click();
    await expect(toast(page, "orders stays. Nothing was lost.")).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: "orders" })).toContainText("Connected");

    await page.getByRole("link", { name: "Configure orders" }).click();
    await expect(page.getByLabel("Label")).toHaveValue("Orders");
    const again = await openRemoval(page);
    await again.getByRole("button", { name: "Remove" }).click();
    await expect(page.getByText("It is being removed.")).toBeVisible();
    // Ten seconds to take it back, then the work is done and the open page hears of it.
    await expect(page.getByText("PostgreSQL is not connected yet.")).toBeVisible({ timeout: 30_000 });
  });
});

test("an address inside the network is refused where the operator has not allowed it", async ({ page, postgres, complaints }) => {
  complaints.expect(/status of 400/);
  const guarded = await startHub();
  try {
    await signIn(page.context(), guarded, demo.owner);
    const dialog = await openInstallDialog(page, `${guarded.url}${DIRECTORY}`);
    await fillDatabase(dialog, postgres);
    await dialog.getByRole("button", { name: "Add database" }).click();
    await expect(dialog.getByLabel("Host")).toHaveAccessibleDescription(/does not connect to this address/);
  } finally {
    // An open page would complain that its stream has ended.
    await page.close();
    await guarded.stop();
  }
});

/** Finds PostgreSQL in the directory and opens its form. */
async function openInstallDialog(page: Page, directory: string): Promise<Locator> {
  await gotoHydrated(page, directory);
  await page.keyboard.press("/");
  await page.keyboard.type("postgresql");
  await page.getByRole("link", { name: "PostgreSQL", exact: true }).click();
  await page.getByRole("link", { name: "Add database" }).first().click();
  return page.getByRole("dialog", { name: "Connect PostgreSQL" });
}

async function fillDatabase(dialog: Locator, { port, database, user, password }: Postgres): Promise<void> {
  await dialog.getByLabel("Host").fill("127.0.0.1");
  await dialog.getByLabel("Port").fill(String(port));
  await dialog.getByLabel("Database").fill(database);
  await dialog.getByLabel("User").fill(user);
  await dialog.getByLabel("Password").fill(password);
}

async function openInstallation(page: Page, provider: string, name: string): Promise<void> {
  await gotoHydrated(page, `${first.home}${provider}/?tab=configurations`);
  await page.getByRole("link", { name: `Configure ${name}` }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
}

async function openRemoval(page: Page): Promise<Locator> {
  await page.getByRole("link", { name: "Remove…" }).click();
  return page.getByRole("dialog", { name: "Remove orders?" });
}

/** The form of one setting. */
function setting(page: Page, label: string): Locator {
  return page.locator("form.setting").filter({ has: page.getByLabel(label) });
}

function toast(page: Page, text: string): Locator {
  return page.locator(".toast").filter({ hasText: text });
}
