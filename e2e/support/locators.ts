import { expect, type Locator } from '@playwright/test';

/**
 * Waits until a locator has this number of elements, and returns a locator for each of them.
 *
 * `Locator.all` does not wait: called alone, it returns whatever is drawn at that moment.
 */
export async function eachOf(elements: Locator, count: number): Promise<Locator[]> {
  await expect(elements).toHaveCount(count);
  return elements.all();
}
