import type { Page } from '@playwright/test';

/** The path of the file that is loaded on demand. */
export const PART = /\/assets\/on_demand-[a-z]+-[0-9a-f]+\.wasm$/;

/** The path of its style sheet. */
export const STYLE_SHEET = /\/assets\/on_demand-[0-9a-f]+\.css$/;

/** Waits until the page has what it loads on demand: then its dialogs are drawn. */
export async function waitForPart(page: Page): Promise<void> {
  await page.locator('dialog.people').waitFor({ state: 'attached' });
}

/** Holds every request for a file, such as the one that is loaded on demand. Returns a function that answers them, and all later ones. */
export async function hold(page: Page, file = PART): Promise<() => void> {
  let answer = () => {};
  const answered = new Promise<void>((resolve) => (answer = resolve));
  await page.route(file, async (route) => {
    await answered;
    await route.continue();
  });
  return answer;
}

/** Fails every request for the file that is loaded on demand. Returns a function that lets all later ones pass. */
export async function failPart(page: Page): Promise<() => Promise<void>> {
  await page.route(PART, (route) => route.abort());
  return () => page.unroute(PART);
}

/** Removes the timers that load the file after the page is live, and a second after its start: what is needed loads it. */
export async function loadOnlyWhenNeeded(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { setTimeout } = window;
    const after = (act: TimerHandler, time?: number, ...rest: unknown[]) => (time === 1000 || time === 150 ? 0 : setTimeout(act, time, ...rest));
    window.setTimeout = after as typeof window.setTimeout;
  });
}
