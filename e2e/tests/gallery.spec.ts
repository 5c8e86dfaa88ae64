import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { gallery } from '../support/settings.ts';

// A picture of every state of every component, in e2e/pictures. Who means a change makes them anew, and looks at them:
// npx playwright test --project=local gallery --update-snapshots

/**
 * Two machines draw the same letters, but not every edge of them alike: so many of all pixels may differ. Each of them may by
 * so much of the way from black to white, which is less than from one pale colour of the page to another.
 */
const alike = { maxDiffPixelRatio: 0.01, threshold: 0.03, animations: 'disabled' } as const;

/** Letters are those of a package, and not what a machine happens to have. */
const fonts = ['noto-sans/400', 'noto-sans/600', 'noto-sans/700', 'noto-emoji/400'];

const types: { [extension: string]: string } = { '.html': 'text/html', '.css': 'text/css', '.woff2': 'font/woff2' };

/** Opens the gallery, at an address at which there is nothing but its files. */
async function open(page: Page): Promise<void> {
  await page.route('http://gallery/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    const font = pathname.startsWith('/@fontsource/');
    const path = font ? join('node_modules', pathname) : join(gallery, pathname);
    const body = await readFile(path).catch(() => undefined);
    await route.fulfill(body ? { body, contentType: types[extname(path)] ?? 'text/plain' } : { status: 404 });
  });
  await page.goto('http://gallery/index.html');
  for (const font of fonts) await page.addStyleTag({ url: `/@fontsource/${font}.css` });
  await page.addStyleTag({ content: `:root { --sans: 'Noto Sans', 'Noto Emoji' } .rich code { font-family: inherit }` });
  await page.evaluate(() => document.fonts.ready);
}

/** What a phone draws otherwise, and how wide phones are. */
const onPhones = ['part-toolbar-of-an-own-message', 'part-toolbar-for-a-moderator', 'part-people--for-a-moderator', 'part-mute-or-ban--where-both-hold', 'part-what-moderators-did'];
const phones = [390, 320];

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 1400, height: 900 } });

    test('every state looks as it did', async ({ page }) => {
      test.setTimeout(180_000);
      await open(page);
      const states = await page.locator('.gallery > figure').evaluateAll((figures) => figures.map((figure) => figure.id));
      expect(new Set(states).size).toBe(states.length);
      expect(states.length).toBeGreaterThan(30);
      for (const state of states) {
        // Alone, so that no other state moves it by the part of a pixel.
        await page.goto(`http://gallery/index.html#${state}`);
        await expect.soft(page.locator(`figure#${state}`)).toHaveScreenshot(`${state}-${colorScheme}.png`, alike);
      }
      const pictures = await readdir('pictures');
      const phoned = onPhones.flatMap((state) => phones.map((width) => `${state}-on-${width}`));
      expect(pictures.filter((picture) => picture.endsWith(`-${colorScheme}.png`)).sort()).toEqual([...states, ...phoned].map((state) => `${state}-${colorScheme}.png`).sort());
    });

    for (const width of phones) {
      test.describe(() => {
        test.use({ viewport: { width, height: 900 }, hasTouch: true, isMobile: true });

        test(`a phone of ${width} pixels shows it as it did`, async ({ page }) => {
          await open(page);
          for (const state of onPhones) {
            await page.goto(`http://gallery/index.html#${state}`);
            await expect.soft(page.locator(`figure#${state}`)).toHaveScreenshot(`${state}-on-${width}-${colorScheme}.png`, alike);
          }
        });
      });
    }
  });
}
