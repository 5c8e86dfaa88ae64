// Layout shifts: how far what is on a page moves without an input of the visitor.

import { expect, type Page } from '@playwright/test';

/** Adds up how far the layout shifts without an input of the visitor. */
export const recordShifts = (page: Page) =>
  page.addInitScript(() => {
    Object.assign(window, { shifts: 0 });
    const add = (list: PerformanceObserverEntryList) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) Object.assign(window, { shifts: Reflect.get(window, 'shifts') + entry.value });
      }
    };
    new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });
  });

/** Checks that nothing has moved since `recordShifts`. */
export async function expectNoShift(page: Page): Promise<void> {
  expect(await page.evaluate(() => Reflect.get(window, 'shifts'))).toBeLessThan(0.001);
}
