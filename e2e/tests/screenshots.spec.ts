import { openScreen, screenSizes, screenStates } from '../support/screen_states.ts';
import { test } from '../support/fixtures.ts';

// Takes screenshots of typical states, into screenshots/. It checks nothing and is not part of the default run:
// npx playwright test --config screenshots.config.ts

for (const [size, [width, height]] of Object.entries(screenSizes)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${size} ${colorScheme}`, () => {
      test.use({ viewport: { width, height }, colorScheme });
      for (const [name, enter] of Object.entries(screenStates)) {
        test(name, async ({ page, deployment, room, connect }) => {
          await enter(await openScreen(page, deployment, room, connect));
          await page.screenshot({ path: `screenshots/${name}-${size}-${colorScheme}.png`, animations: 'disabled' });
        });
      }
    });
  }
}
