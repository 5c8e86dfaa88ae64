import { expect, test } from '../support/fixtures.ts';
import { openScreen, screenSizes, screenStates } from '../support/screen_states.ts';

// The layout of typical states, on every size of screen and in both colour schemes.

for (const [size, [width, height]] of Object.entries(screenSizes)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${size} ${colorScheme}`, () => {
      test.use({ viewport: { width, height }, colorScheme });
      for (const [name, enter] of Object.entries(screenStates)) {
        test(`${name} fits the screen without a horizontal scroll bar`, async ({ page, deployment, room, connect }) => {
          const screen = await openScreen(page, deployment, room, connect);
          await enter(screen);
          const [contentWidth, screenWidth] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
          expect(contentWidth).toBeLessThanOrEqual(screenWidth!);
          await expect(screen.chat.composer).toBeInViewport({ ratio: 1 });
        });
      }
    });
  }
}
