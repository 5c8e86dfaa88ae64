import type { Page } from '@playwright/test';

/** Opens the people in the room: a dialog, or on a wide screen the panel, unless an earlier page of the browser left it open. */
export async function openPeople(page: Page): Promise<void> {
  const isOpen = await page.evaluate(() => matchMedia('(min-width: 75rem)').matches && document.documentElement.hasAttribute('data-people'));
  if (!isOpen) await page.locator('header .presence').click();
}
