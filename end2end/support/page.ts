import { AxeBuilder } from "@axe-core/playwright";
import { expect, type BrowserContext, type Page } from "@playwright/test";
import { demo } from "./demo.js";

/** Opens a page and waits until its buttons work. */
export async function gotoHydrated(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await hydrated(page);
}

/** Waits until the page that is open works. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

/** Signs in through the form, as a person does. */
export async function login(page: Page, email: string, password: string = demo.password): Promise<void> {
  await gotoHydrated(page, "/login");
  await fillLogin(page, email, password);
  await page.waitForURL((url) => url.pathname !== "/login");
  await hydrated(page);
}

/** Fills in the sign-in form that is open and sends it. */
export async function fillLogin(page: Page, email: string, password: string = demo.password): Promise<void> {
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Signs a browser in without opening a page, for tests that are about something else. */
export async function signIn(
  context: BrowserContext,
  hub: { url: string },
  email: string,
  password: string = demo.password,
): Promise<void> {
  const response = await context.request.post(`${hub.url}/_api/sessions/log-in`, {
    form: { email, password },
    headers: { Origin: hub.url },
    maxRedirects: 0,
  });
  expect([200, 302, 303], `signing in as ${email}`).toContain(response.status());
}

/** The rules of axe that colours decide. */
const OF_COLOURS = ["color-contrast", "link-in-text-block"];

/** Asserts that the page has no serious barrier as it looks now, or that none of these rules finds one. */
async function axeNow(page: Page, rules: string[] = []): Promise<void> {
  const builder = new AxeBuilder({ page });
  const { violations } = await (rules.length > 0 ? builder.withRules(rules) : builder).analyze();
  const barriers = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`) }));
  expect(barriers, `barriers on ${page.url()}`).toEqual([]);
}

/** Asserts that the page has no serious barrier, in light and in dark. `look` is called with each. */
export async function axe(page: Page, look: (colorScheme: "light" | "dark") => Promise<unknown> = async () => {}): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    // Without motion, so that no colour is measured half-way through a transition.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await look(colorScheme);
    // What does not depend on colours was found in light already.
    await axeNow(page, colorScheme === "light" ? [] : OF_COLOURS);
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}
