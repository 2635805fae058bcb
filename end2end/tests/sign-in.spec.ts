import type { BrowserContext, Locator, Page } from "@playwright/test";
import type { Counterpart } from "../support/counterpart.js";
import { startGitHub, startLinear, type Client, type GitHubApp } from "../support/emulate.js";
import { looksRight } from "../support/looks.js";
import { freePort } from "../support/port.js";
import { demo, DIRECTORY, expect, gotoHydrated, hydrated, serve, signIn, test as base } from "../support/test.js";

interface Providers {
  port: number;
  linear: Counterpart<Client>;
  github: Counterpart<GitHubApp>;
}

/** A hub whose Linear and GitHub are played by `emulate`, on this machine. */
const test = base.extend<object, Providers>({
  port: [async ({}, use) => use(await freePort()), { scope: "worker" }],
  linear: [
    async ({ port }, use) => {
      const linear = await startLinear({ redirect_uris: [callback(port, "linear")] });
      await use(linear);
      await linear.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  github: [
    async ({ port }, use) => {
      const github = await startGitHub({
        redirect_uris: [callback(port, "github")],
        setup_url: callback(port, "github"),
        sees: { octocat: [100, 101] },
      });
      await use(github);
      await github.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],
  hub: [
    ({ port, linear, github }, use) => {
      const endpoints = `linear=${linear.url},github=${github.url}`;
      return serve({ port, env: { PATCHBAY_OUTBOUND_ALLOW: "127.0.0.1", PATCHBAY_ENDPOINTS: endpoints } }, use);
    },
    { scope: "worker", timeout: 90_000 },
  ],
});

function callback(port: number, provider: string): string {
  return `http://127.0.0.1:${port}/extensions/${provider}/setup/`;
}

/** Where the workspace is configured that the walk connects; the demonstration has one of the same name. */
let connected = "";

// One walk: each test goes on where the one before has left.
test.describe.configure({ mode: "serial", timeout: 90_000 });

test.beforeEach(({ context, hub }) => signIn(context, hub, demo.owner));

test("an administrator sees what is missing, enters an app's credentials, and tests them", async ({ page, linear, port }) => {
  await gotoHydrated(page, `${DIRECTORY}linear/`);
  await page.getByRole("link", { name: /^Add/ }).first().click();
  await expect(page.getByText("Linear does not know this Patchbay yet.")).toBeVisible();

  await enterApp(page, "linear", { "Client id": linear.facts.client_id, "Client secret": "wrong" });
  await expect(page.getByRole("textbox", { name: "Callback URL" })).toHaveValue(callback(port, "linear"));
  await expect(await tested(page)).toContainText("does not take the app credentials");
  await enterApp(page, "linear", { "Client secret": linear.facts.client_secret });
  await expect(await tested(page)).toContainText("took the credentials");
  expect(await page.content(), "a secret never comes back").not.toContain(linear.facts.client_secret);
});

test("a workspace is connected through a popup, without leaving the page", async ({ page, context }) => {
  const dialog = await openInstall(page, "linear");
  await expect(dialog.getByRole("link", { name: "Sign in to Linear" })).toBeVisible();
  await looksRight(page, "sign-in");
  const popup = await clickForPopup(context, dialog.getByRole("link", { name: "Sign in to Linear" }));
  await expect(dialog).toContainText("Waiting for Linear");
  await looksRight(page, "sign-in-waiting");
  await popup.getByRole("button").first().click();
  await expect(page).toHaveURL(/\/linear\/\d+\/$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Acme");
  await expect(page.getByRole("region", { name: "Permissions" })).toContainText("Granted");
  await hydrated(page);
  connected = page.url();
  await looksRight(page, "configure-signed-in");
});

test("a popup that was closed strands nobody: it opens again, or the sign-in goes on in this tab", async ({ page, context }) => {
  const dialog = await openInstall(page, "linear");
  const first = await clickForPopup(context, dialog.getByRole("link", { name: "Sign in to Linear" }));
  await first.close();
  const second = await clickForPopup(context, dialog.getByRole("link", { name: "Open it again" }));
  await second.close();
  await dialog.getByRole("link", { name: "Use this tab" }).click();
  await page.getByRole("button").first().click();
  await expect(page).toHaveURL(/\/linear\/\d+\/$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Acme");
});

test("a blocked popup is noticed, and this tab offered", async ({ page }) => {
  await page.addInitScript(() => {
    window.open = () => null;
  });
  const dialog = await openInstall(page, "linear");
  await dialog.getByRole("link", { name: "Sign in to Linear" }).click();
  await expect(dialog).toContainText("The browser did not open the window.");
  await expect(dialog.getByRole("link", { name: "Use this tab" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("a grant that was withdrawn over there is told, and connected again in place", async ({ page, linear, context }) => {
  await gotoHydrated(page, connected);
  await linear.order({ revoke: "all" });
  await page.getByRole("button", { name: "Check now" }).click();
  const health = page.getByRole("region", { name: "Health" });
  await expect(health).toContainText("Needs sign-in");
  await page.getByRole("link", { name: "Connect again" }).or(page.getByRole("button", { name: "Connect again" })).first().click();
  const dialog = page.getByRole("dialog");
  const popup = await clickForPopup(context, dialog.getByRole("link", { name: "Sign in to Linear" }));
  await popup.getByRole("button").first().click();
  await expect(health).toContainText("Connected");
  expect(page.url()).toBe(connected);
});

test("an installation of the GitHub App is chosen among those that the person sees", async ({ page, github, context }) => {
  await enterApp(page, "github", {
    "App id": String(github.facts.app_id),
    "App name in addresses": github.facts.slug,
    "Client id": github.facts.client_id,
    "Client secret": github.facts.client_secret,
    "Private key": github.facts.private_key,
    "Webhook secret": github.facts.webhook_secret,
  });
  await expect(await tested(page)).toContainText("took the app's id and private key");
  const dialog = await openInstall(page, "github");
  await expect(dialog).toContainText("Step 1 of 2");
  const popup = await clickForPopup(context, dialog.getByRole("link", { name: "Sign in to GitHub" }));
  await popup.getByRole("button", { name: /octocat/ }).click();
  await expect(dialog).toContainText("Step 2 of 2");
  await looksRight(page, "choose");
  await dialog.getByRole("radio").first().check();
  await dialog.getByRole("button", { name: "Connect" }).click();
  await expect(page).toHaveURL(/\/github\/\d+\/$/);
  await expect(page.getByRole("region", { name: "Health" })).toContainText("Connected");
});

test("a member asks for an integration, and an administrator sees the request and declines", async ({ browser, hub, page, complaints }) => {
  const context = await browser.newContext({ baseURL: hub.url });
  complaints.watch(context);
  await signIn(context, hub, demo.member);
  const member = await context.newPage();
  await gotoHydrated(member, `${DIRECTORY}notion/`);
  await member.getByRole("link", { name: "Request installation" }).or(member.getByRole("button", { name: "Request installation" })).first().click();
  await member.getByLabel("Message").fill("For our runbooks");
  await member.getByRole("button", { name: "Send the request" }).click();
  await expect(member.getByRole("button", { name: "Requested" })).toBeVisible();
  await gotoHydrated(member, `${DIRECTORY}notion/`);
  await expect(member.getByRole("button", { name: "Requested" })).toBeVisible();
  await expect(member.getByText("You asked on")).toBeVisible();

  await gotoHydrated(page, DIRECTORY);
  await expect(page.getByText("1 request waits for your decision:")).toBeVisible();
  await gotoHydrated(page, `${DIRECTORY}notion/`);
  await expect(page.getByText("For our runbooks")).toBeVisible();
  await looksRight(page, "request");
  await page.getByRole("button", { name: /^Decline/ }).click();
  await expect(page.getByText("For our runbooks")).toBeHidden();
  await expect(member.getByText(/declined this on/)).toBeVisible();
  await context.close();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a workspace is connected in one tab", async ({ page }) => {
    await page.goto(`${DIRECTORY}linear/install/`);
    await page.getByRole("button", { name: "Begin" }).click();
    await page.getByRole("link", { name: "Sign in to Linear" }).click();
    await page.getByRole("button").first().click();
    await expect(page).toHaveURL(/\/linear\/\d+\/$/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Acme");
  });
});

/** Enters the credentials of a provider's app and saves them. */
async function enterApp(page: Page, provider: string, values: Record<string, string>): Promise<void> {
  await gotoHydrated(page, `/admin/providers/${provider}/`);
  for (const [label, value] of Object.entries(values)) {
    await page.getByLabel(label).fill(value);
  }
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Ready").first()).toBeVisible();
}

/** Tests what was entered. */
async function tested(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Test this set-up" }).click();
  return page.getByRole("region", { name: "Test" });
}

async function openInstall(page: Page, provider: string): Promise<Locator> {
  await gotoHydrated(page, `${DIRECTORY}${provider}/`);
  await page.getByRole("link", { name: /^Add/ }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  return dialog;
}

async function clickForPopup(context: BrowserContext, opener: Locator): Promise<Page> {
  const opened = context.waitForEvent("page");
  await opener.click();
  const popup = await opened;
  await popup.waitForLoadState();
  return popup;
}
