import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { axe } from "./page.js";

/** Where pictures go. */
export const SCREENSHOTS = join(import.meta.dirname, "..", "screenshots");

/** Takes pictures of what is open, wide and narrow, light and dark, and asserts what must hold in each. */
export async function looksRight(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    await axe(page, (colorScheme) =>
      page.screenshot({ path: join(SCREENSHOTS, `${name}-${colorScheme}-${width}.png`), fullPage: true }),
    );
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${name} scrolls sideways at ${width}`).toBeLessThanOrEqual(0);
  }
}
