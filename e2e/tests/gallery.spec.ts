import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { expect, test, type Page } from '@playwright/test';
import { stripes } from '../support/images.ts';
import { gallery } from '../support/settings.ts';

// Compares a picture of every state of every component with the one in e2e/pictures. After an intended change, create the pictures
// again and look at them: npx playwright test --project=local gallery --update-snapshots

/**
 * Two machines draw the same letters with slightly different edges, so 1 % of the pixels may differ. A pixel differs by more than
 * 3 % of the way from black to white, which is less than between any two pale colours of the page.
 */
const tolerance = { maxDiffPixelRatio: 0.01, threshold: 0.03, animations: 'disabled' } as const;

const contentTypes: { [extension: string]: string } = { '.html': 'text/html', '.css': 'text/css' };

/** The picture of Ann. Nobody else's can be loaded. */
const portrait = stripes(96, 96, [[30, 90, 160], [240, 200, 150], [240, 200, 150], [30, 90, 160]]);

/** Opens the gallery at an address that serves only its files, without those that are missing. */
async function open(page: Page, missing: string[] = []): Promise<void> {
  await page.route('http://gallery/**', async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/pictures/ann') return route.fulfill({ body: portrait, contentType: 'image/png' });
    const body = missing.includes(pathname) ? undefined : await readFile(join(gallery, pathname)).catch(() => undefined);
    await route.fulfill(body ? { body, contentType: contentTypes[extname(pathname)] ?? 'text/plain' } : { status: 404 });
  });
  await page.goto('http://gallery/index.html');
  await page.evaluate(() => document.fonts.ready);
}

/** The states that look different on a phone, and the widths of phones in CSS pixels. */
const phoneStates = ['part-toolbar-of-an-own-message', 'part-toolbar-for-a-moderator', 'part-people--for-a-moderator', 'part-mute-or-ban--where-both-hold', 'part-what-moderators-did', 'part-your-profile', 'part-your-profile--which-is-not-saved', 'part-people--with-pictures-and-statuses', 'part-card-of-a-person--with-a-picture-and-a-status'];
const phoneWidths = [390, 320];

/** The pages with something that is drawn once it is loaded on demand: the buttons that format a text. */
const isDrawnLater = ['page-formatting'];

/** What the first program draws: messages, pages and the placeholder of a dialog. */
const isDrawnFirst = (state: string) => /^(message|page|part-dialog)-/.test(state) && !isDrawnLater.includes(state);

test('what the first program draws does not need the style sheet on demand', async ({ page }) => {
  test.setTimeout(180_000);
  await page.setViewportSize({ width: 1400, height: 900 });
  await open(page, ['/on_demand.css']);
  const states = await page.locator('.gallery > figure').evaluateAll((figures) => figures.map((figure) => figure.id));
  const drawnFirst = states.filter(isDrawnFirst);
  expect(drawnFirst.length).toBeGreaterThan(50);
  for (const state of drawnFirst) {
    await page.goto(`http://gallery/index.html#${state}`);
    await expect.soft(page.locator(`figure#${state}`)).toHaveScreenshot(`${state}-light.png`, tolerance);
  }
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, viewport: { width: 1400, height: 900 } });

    test('every state matches its picture', async ({ page }) => {
      test.setTimeout(180_000);
      await open(page);
      const states = await page.locator('.gallery > figure').evaluateAll((figures) => figures.map((figure) => figure.id));
      expect(new Set(states).size).toBe(states.length);
      expect(states.length).toBeGreaterThan(30);
      for (const state of states) {
        // Shows one state alone, so that no other state moves it by a fraction of a pixel.
        await page.goto(`http://gallery/index.html#${state}`);
        await expect.soft(page.locator(`figure#${state}`)).toHaveScreenshot(`${state}-${colorScheme}.png`, tolerance);
      }
      const pictures = await readdir('pictures');
      const phonePictures = phoneStates.flatMap((state) => phoneWidths.map((width) => `${state}-on-${width}`));
      expect(pictures.filter((picture) => picture.endsWith(`-${colorScheme}.png`)).sort()).toEqual([...states, ...phonePictures].map((state) => `${state}-${colorScheme}.png`).sort());
    });

    for (const width of phoneWidths) {
      test.describe(() => {
        test.use({ viewport: { width, height: 900 }, hasTouch: true, isMobile: true });

        test(`every state matches its picture on a phone of ${width} pixels`, async ({ page }) => {
          await open(page);
          for (const state of phoneStates) {
            await page.goto(`http://gallery/index.html#${state}`);
            await expect.soft(page.locator(`figure#${state}`)).toHaveScreenshot(`${state}-on-${width}-${colorScheme}.png`, tolerance);
          }
        });
      });
    }
  });
}
