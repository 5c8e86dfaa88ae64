import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';

/**
 * The only rule that does not apply to every colour scheme. A contrast of 7:1 is level AAA of WCAG and would make secondary
 * text as prominent as the rest. Users who need it set `prefers-contrast: more`, and that scheme has to pass the rule.
 */
const enhancedContrast = 'color-contrast-enhanced';

/** Every rule of axe, including those that are off by default: experimental, deprecated, new. */
const allRules = axe.getRules().map((rule) => rule.ruleId);

/** Checks a page against every rule: in light, in dark, and in both with more contrast. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await setColorScheme(page, colorScheme, 'no-preference');
    await expectNoViolations(page, colorScheme, allRules.filter((rule) => rule !== enhancedContrast));
    await setColorScheme(page, colorScheme, 'more');
    await expectNoViolations(page, `${colorScheme} with more contrast`, ['color-contrast', enhancedContrast]);
  }
}

/** Sets the colour scheme and waits until the page is drawn in it. */
async function setColorScheme(page: Page, colorScheme: 'light' | 'dark', contrast: 'no-preference' | 'more'): Promise<void> {
  await page.emulateMedia({ colorScheme, contrast, reducedMotion: 'reduce' });
  const query = `(prefers-color-scheme: ${colorScheme}) and (prefers-contrast: ${contrast})`;
  await page.waitForFunction((query) => matchMedia(query).matches, query);
  // The media query matches now; the colours follow in the next frame. With reduced motion animations are very short.
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

async function expectNoViolations(page: Page, scheme: string, rules: string[]): Promise<void> {
  const builder = new AxeBuilder({ page }).options({
    runOnly: { type: 'rule', values: rules },
    resultTypes: ['violations'],
  });
  // The page has no frames. Legacy mode needs no second page to collect results from frames and takes half the time.
  builder.setLegacyMode();
  const { violations } = await builder.analyze();
  // Report where each violation is and why, not everything that axe knows about it.
  const summaries = violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`));
  expect(summaries, `in ${scheme}`).toEqual([]);
}
