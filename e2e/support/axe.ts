import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';

/**
 * The one rule that is not asked of every scheme: seven to one is level AAA of WCAG, and would make everything quiet loud.
 * Who needs it asks for it with `prefers-contrast: more`, and in that scheme it is asked like any other.
 */
const sevenToOne = 'color-contrast-enhanced';

/** Every rule that axe has, those that it leaves off by itself among them: experimental, deprecated, new. */
const every = axe.getRules().map((rule) => rule.ruleId);

/** Holds a page to every rule, in light, in dark, and in both with more contrast. */
export async function accessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await dress(page, colorScheme, 'no-preference');
    await without(page, colorScheme, every.filter((rule) => rule !== sevenToOne));
    await dress(page, colorScheme, 'more');
    await without(page, `${colorScheme} with more contrast`, ['color-contrast', sevenToOne]);
  }
}

/** Has the page drawn in a scheme, and waits until it is. */
async function dress(page: Page, colorScheme: 'light' | 'dark', contrast: 'no-preference' | 'more'): Promise<void> {
  await page.emulateMedia({ colorScheme, contrast, reducedMotion: 'reduce' });
  const asked = `(prefers-color-scheme: ${colorScheme}) and (prefers-contrast: ${contrast})`;
  await page.waitForFunction((asked) => matchMedia(asked).matches, asked);
  // It is so now; the colours follow with the next frames. With less motion every change of a colour is a transition, however
  // short, and has the old colour until a frame has ended it; what inherits the colour then begins its own.
  await page.evaluate(async () => {
    const frame = () => new Promise((drawn) => requestAnimationFrame(drawn));
    const ends = (animation: Animation) => animation.effect?.getComputedTiming().endTime !== Infinity;
    await frame();
    do {
      await Promise.all(document.getAnimations().filter(ends).map((animation) => animation.finished.catch(() => {})));
      await frame();
    } while (document.getAnimations().some(ends));
  });
}

async function without(page: Page, scheme: string, rules: string[]): Promise<void> {
  const builder = new AxeBuilder({ page }).options({
    runOnly: { type: 'rule', values: rules },
    resultTypes: ['violations'],
  });
  // There are no frames, and without a second page to gather what they say it takes half the time.
  builder.setLegacyMode();
  const { violations } = await builder.analyze();
  // What is said of a failure is where it is and why, and not the whole of what axe knows.
  const told = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`));
  expect(told, `in ${scheme}`).toEqual([]);
}
