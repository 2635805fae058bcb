import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const isRoot = process.getuid?.() === 0;

/** The browser: `CHROMIUM`, else Debian's. Playwright downloads none. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
if (!existsSync(executablePath)) {
  throw new Error(`There is no browser at ${executablePath}: run \`cargo xtask setup --tests\` or set CHROMIUM.`);
}

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results/output",
  reporter: [["line"], ["json", { outputFile: "test-results/results.json" }]],
  // A test that passes only at the second try is a broken test.
  retries: 0,
  workers: 2,
  forbidOnly: Boolean(process.env.CI),
  timeout: 30_000,
  use: {
    locale: "en-US",
    timezoneId: "UTC",
    screenshot: "only-on-failure",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath,
      args: [
        // Chromium's sandbox does not work for the super-user.
        ...(isRoot ? ["--no-sandbox"] : []),
        // The browser is to talk to the hub and to nobody else.
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
      ],
    },
  },
});
