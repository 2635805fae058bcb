import type { BrowserContext } from "@playwright/test";

/**
 * Collects what the browser complains about: console errors, uncaught exceptions, and violations of the content
 * security policy, which Chromium writes to the console as errors.
 */
export class Complaints {
  private readonly seen: string[] = [];
  private readonly expected: RegExp[] = [];

  /** Watches every page of a context; the `page` fixture's context is watched already. */
  watch(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() === "error") {
        this.seen.push(`${message.text()} (${message.location().url})`);
      }
    });
    context.on("weberror", (error) => {
      this.seen.push(error.error().stack ?? String(error.error()));
    });
  }

  /** Declares a complaint that this test provokes, like `/status of 422/`. */
  expect(pattern: RegExp): void {
    this.expected.push(pattern);
  }

  /** What was seen and not declared. */
  unexpected(): string[] {
    return this.seen.filter((text) => !this.expected.some((pattern) => pattern.test(text)));
  }
}
