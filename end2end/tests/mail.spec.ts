import { startHub } from "../support/hub.js";
import { Mailbox } from "../support/mailbox.js";
import { demo, expect, gotoHydrated, signIn, test } from "../support/test.js";

test("a mail goes out by SMTP, and the outbox says so", async ({ page, context }) => {
  const mailbox = await Mailbox.start();
  const hub = await startHub({ env: { PATCHBAY_SMTP_URL: mailbox.url, PATCHBAY_SMTP_FROM: "hub@patchbay.test" } });
  try {
    await expect.poll(() => mailbox.mails(), { timeout: 30_000 }).toContain("Subject: Linear needs a new sign-in");
    expect(mailbox.mails()).toContain("From: hub@patchbay.test");
    expect(mailbox.mails()).toContain("To: owner@acme.test");
    await signIn(context, hub, demo.owner);
    await gotoHydrated(page, `${hub.url}/admin/mail/`);
    await expect(page.getByRole("main")).toContainText("Linear needs a new sign-in");
    await expect.poll(async () => (await page.reload(), page.getByRole("main").innerText())).toContain("Sent");
  } finally {
    // An open page would complain that its stream has ended.
    await page.close();
    await hub.stop();
    await mailbox.stop();
  }
});

test("without a mail server a mail is kept for the instance administrator, and only for them", async ({ page, context, hub }) => {
  await signIn(context, hub, demo.owner);
  await gotoHydrated(page, "/admin/mail/");
  await expect(page.getByRole("main")).toContainText("Kept");
});

test("nobody else learns of the outbox", async ({ page, context, hub, complaints }) => {
  complaints.expect(/status of 404/);
  await signIn(context, hub, demo.admin);
  const response = await page.goto("/admin/mail/");
  expect(response?.status()).toBe(404);
});
