import { startCircleCi, type CircleCi } from "../support/circleci.js";
import { demo, DIRECTORY, expect, fillLogin, serve, test as base } from "../support/test.js";

const test = base.extend<{ addresses: string[] }, { circleci: CircleCi }>({
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
      return serve({ env }, use);
    },
    { scope: "worker", timeout: 60_000 },
  ],
  /** Every address that the browser asked for; none may hold a secret, not even encoded. */
  addresses: [
    async ({ context, circleci }, use) => {
      const addresses: string[] = [];
      context.on("request", (request) => addresses.push(request.url(), request.headers().referer ?? ""));
      await use(addresses);
      const secrets = [demo.password, "not-the-password", circleci.token, "not-the-token", "hush-hush-4711"];
      for (const address of addresses) {
        const texts = [address, decodeURIComponent(address), ...[...new URL(address || "http://none").searchParams.values()].map(decoded)];
        for (const secret of secrets) {
          expect(texts.some((text) => text.includes(secret)), `a secret in ${address}`).toBe(false);
        }
      }
    },
    { auto: true },
  ],
});

/** A refusal travels in the address as base64; anything else decodes to nonsense, which does no harm here. */
function decoded(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}

test.use({ javaScriptEnabled: false });

test("a wrong password is refused in words, the right one signs in, and signing out ends it", async ({ page, complaints }) => {
  complaints.expect(/status of 400/);
  await page.goto("/login");
  await fillLogin(page, demo.owner, "not-the-password");
  await expect(page.getByText("This e-mail address and password do not belong together.")).toBeVisible();
  await expect(page).toHaveURL(/\/login\?/);
  await expect(page.getByLabel("Email", { exact: true }), "what was typed is kept").toHaveValue(demo.owner);
  await expect(page.getByLabel("Password", { exact: true }), "but for the secret").toHaveValue("");
  await fillLogin(page, demo.owner);
  await expect(page).toHaveURL(new RegExp(`${DIRECTORY}$`));
  await expect(page.getByText(demo.owner)).toBeVisible();

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/login$/);
  await page.goto(DIRECTORY);
  await expect(page).toHaveURL(/\/login\?next=/);
});

test.describe("whoever is signed in", () => {
  test.beforeEach(async ({ page }) => {
    await page.goto("/login");
    await fillLogin(page, demo.owner);
    await expect(page).toHaveURL(new RegExp(`${DIRECTORY}$`));
  });

  test("searches the directory by a form and filters it by links", async ({ page }) => {
    const names = page.locator(".row-link");
    await page.getByRole("searchbox", { name: "Search integrations" }).fill("githbu");
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page).toHaveURL(/\?search=githbu/);
    await expect(names.first()).toHaveText("GitHub");
    await expect(page.getByRole("searchbox")).toHaveValue("githbu");

    await page.goto(DIRECTORY);
    await page.getByRole("link", { name: /^Attention \d/ }).click();
    await expect(page).toHaveURL(/status=attention/);
    await expect(names).toHaveText(["Linear"]);
    await page.getByRole("link", { name: /^Installed \d/ }).click();
    await page.getByRole("combobox", { name: "Category" }).selectOption({ value: "chat" });
    await page.getByRole("button", { name: "Search" }).click();
    await expect(page, "the form keeps the segment").toHaveURL(/status=installed/);
    await expect(names).toHaveText(["Slack"]);
  });

  test("reads about an integration and its features", async ({ page }) => {
    await page.goto(DIRECTORY);
    await page.getByRole("link", { name: "GitHub", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("GitHub");
    await expect(page.getByText("Install the GitHub App")).toBeVisible();
    await page.getByRole("link", { name: /^Features/ }).click();
    await expect(page).toHaveURL(/\?tab=features$/);
    await expect(page.getByText("Create GitHub issues, or link ones that exist.")).toBeVisible();
  });

  test("connects an account, saves its settings one by one, pauses, removes and keeps it", async ({ page, circleci, complaints }) => {
    complaints.expect(/status of 400/);
    await page.goto(`${DIRECTORY}circleci/`);
    await page.getByRole("link", { name: "Add installation" }).first().click();
    await expect(page).toHaveURL(/\/circleci\/install\/$/);
    await page.getByLabel("Personal API token").fill("not-the-token");
    await page.getByRole("button", { name: "Add installation" }).click();
    await expect(page.getByText("CircleCI refused the key.")).toBeVisible();
    await expect(page.getByLabel("Personal API token")).toHaveValue("");
    await page.getByLabel("Personal API token").fill(circleci.token);
    await page.getByRole("button", { name: "Add installation" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Acme builder");
    await expect(page).toHaveURL(/\/circleci\/\d+\/$/);

    const setting = (label: string) => page.locator("form.setting").filter({ has: page.getByLabel(label) });
    const save = (label: string) => setting(label).getByRole("button", { name: "Save" }).click();
    await page.getByLabel("Project").fill("gh/acme/web");
    await save("Project");
    await expect(page.getByLabel("Project")).toHaveValue("gh/acme/web");
    await page.getByRole("switch", { name: "Announce deployments" }).uncheck();
    await save("Announce deployments");
    await expect(page.getByRole("switch", { name: "Announce deployments" })).not.toBeChecked();
    await expect(page.getByLabel("Project")).toHaveValue("gh/acme/web");
    await page.getByLabel("Tell people about").selectOption("Every workflow");
    await save("Tell people about");
    await expect(page.getByLabel("Tell people about")).toHaveValue("always");
    await page.getByLabel("Webhook secret").fill("hush-hush-4711");
    await save("Webhook secret");
    await expect(page.getByLabel("Webhook secret")).toHaveAttribute("placeholder", /Stored/);
    await expect(page.getByLabel("Webhook secret")).toHaveValue("");

    await page.getByRole("button", { name: "Check now" }).click();
    await expect(page.getByRole("region", { name: "Activity" })).toContainText("checked the connection: it works");
    await page.getByRole("button", { name: "Pause" }).click();
    await expect(page.getByRole("region", { name: "Health" })).toContainText("Paused");
    await page.getByRole("button", { name: "Resume" }).click();
    await expect(page.getByRole("region", { name: "Health" })).toContainText("Connected");

    await page.getByRole("link", { name: "Remove…" }).click();
    await expect(page).toHaveURL(/\/remove\/$/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Remove Acme builder?");
    await expect(page.getByText("2 stored credentials")).toBeVisible();
    await page.getByRole("button", { name: "Remove" }).click();
    await expect(page).toHaveURL(/\/circleci\/\?tab=configurations$/);
    await expect(page.getByText("It is being removed.")).toBeVisible();
    await page.getByRole("button", { name: "Keep it Acme builder" }).click();
    await expect(page.getByText("It is being removed.")).toHaveCount(0);
    await expect(page.getByRole("listitem").filter({ hasText: "Acme builder" })).toContainText("Connected");
  });

  test("is told beside the field what a number must be, and keeps what was typed", async ({ page, complaints }) => {
    complaints.expect(/status of 400/);
    await page.goto(`${DIRECTORY}circleci/?tab=configurations`);
    await page.getByRole("link", { name: "Configure Acme builds" }).click();
    const minutes = page.getByLabel("Minutes between two looks");
    await expect(minutes).toHaveAttribute("max", "1440");
    // The browser's own check stands in the way of the server's; a request without it is refused as well.
    await minutes.evaluate((input) => input.removeAttribute("max"));
    await minutes.fill("5000");
    const save = page.locator("form.setting").filter({ has: minutes }).getByRole("button", { name: "Save" });
    await save.click();
    const refusal = page.getByText("Minutes between two looks must be at most 1440.");
    await expect(refusal).toBeVisible();
    await expect(minutes).toHaveValue("5000");
    await expect(page.getByLabel("Project"), "another form of the page").toHaveValue("");
    await minutes.fill("20");
    await save.click();
    await expect(refusal).toHaveCount(0);
    await expect(minutes).toHaveValue("20");
  });

  test("changes the theme", async ({ page }) => {
    await page.getByRole("button", { name: "Dark" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.goto(`${DIRECTORY}github/`);
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await page.getByRole("button", { name: "System" }).click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "system");
  });
});
