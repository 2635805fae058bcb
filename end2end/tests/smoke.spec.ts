import { axe, demo, expect, login, test } from "../support/test.js";

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
