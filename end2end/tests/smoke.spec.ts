import { axe, demo, DIRECTORY, expect, login, signIn, test } from "../support/test.js";

test("the hub says that it is healthy", async ({ request }) => {
  const response = await request.get("/healthz");
  expect(response.status()).toBe(200);
});

test("a person who signs in sees the directory", async ({ page }) => {
  await login(page, demo.owner);
  await expect(page).toHaveURL(/\/settings\/[^/]+\/integrations\/$/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await axe(page);
});

test("answers that are made at the same time do not mix their headers", async ({ context, hub }) => {
  await signIn(context, hub, demo.owner);
  const paths = [DIRECTORY, "/favicon.svg", `${DIRECTORY}github/`, "/robots.txt", "/"];
  const asked = Array.from({ length: 100 }, (_, index) => paths[index % paths.length] ?? "/");
  const options = { headers: { Accept: "text/html" }, maxRedirects: 0 };
  const answers = await Promise.all(asked.map((path) => context.request.get(`${hub.url}${path}`, options)));
  for (const [index, answer] of answers.entries()) {
    const isFile = /\.(svg|txt)$/.test(asked[index] ?? "");
    expect(answer.status(), asked[index]).toBe(asked[index] === "/" ? 302 : 200);
    expect(answer.headers()["content-security-policy"], asked[index]).toMatch(isFile ? /^default-src 'none'/ : /'nonce-/);
  }
});
