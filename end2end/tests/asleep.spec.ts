import { demo, DIRECTORY, expect, hydrated, signIn, withHub } from "../support/test.js";

const test = withHub({});

test("a form that is refused before the page is awake comes back with what was typed, and wakes", async ({ context, page, hub, complaints }) => {
  complaints.expect(/status of 400/);
  await signIn(context, hub, demo.owner);
  // The page stays asleep: what would wake it never arrives.
  await page.route("**/*.wasm*", () => {});
  await page.goto(`${DIRECTORY}circleci/5/`);
  const minutes = page.getByLabel("Minutes between two looks");
  // The browser's own check stands in the way of the server's.
  await minutes.evaluate((input) => input.removeAttribute("max"));
  await minutes.fill("5000");
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.locator("form.setting").filter({ has: minutes }).getByRole("button", { name: "Save" }).click();

  const refusal = page.getByText("Minutes between two looks must be at most 1440.");
  await expect(refusal).toBeVisible();
  await hydrated(page);
  await expect(page).toHaveURL(new RegExp(`${DIRECTORY}circleci/5/`));
  await expect(minutes).toHaveValue("5000");
  await expect(refusal).toBeVisible();
  // Awake it saves as it is left.
  await minutes.fill("20");
  await minutes.blur();
  await expect(page.locator("form.setting").filter({ has: minutes })).toContainText("Saved");
  await expect(refusal).toHaveCount(0);
});
