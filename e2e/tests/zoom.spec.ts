import type { Locator, Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';

// Large text and small viewports: WCAG 1.4.4 (text at 200 %) and 1.4.10 (320 by 256 pixels, which is a screen of 1280 by 1024 at
// 400 %).

const screens = {
  'at 400 %': { width: 320, height: 256, text: '100%' },
  'on a phone with text of 200 %': { width: 390, height: 844, text: '200%' },
  'on a small phone with text of 200 %': { width: 320, height: 640, text: '200%' },
  'on a wide screen with text of 200 %': { width: 1280, height: 800, text: '200%' },
  'at 400 % with text of 200 %': { width: 320, height: 256, text: '200%' },
} as const;

for (const [where, { width, height, text }] of Object.entries(screens)) {
  test.describe(where, () => {
    test.use({ viewport: { width, height } });

    test('a conversation can be read and written', async ({ page, deployment, room, connect }) => {
      const ann = await connect(room);
      ann.send({ action: 'rename', name: 'Benedikt von und zu Hohenstein' });
      await ann.next('welcome');
      for (const text of ['Good morning!', 'https://example.org/a/very/long/address/without/any/space/in/it/1234567890', '`code` and **words**\n\n```\nlet rope = "a line of code that is longer than the screen is wide";\n```', 'The end.']) await ann.sendMessage(text);
      const chat = await ChatPage.open(page, deployment, room);
      await setTextSize(page, text);
      await expectNothingCutOff(page);
      for (const element of [chat.messageWithText('Good morning!'), chat.messageWithText('The end.'), page.locator('.me'), chat.composer]) await expectReachable(element);

      await chat.sendMessage('I can.');
      await expect(chat.messageWithText('I can.')).toHaveAttribute('data-state', 'sent');
      await expectReachable(chat.messageWithText('I can.'));
      await expectNothingCutOff(page);
    });

    test('dialogs can be used', async ({ page, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      await setTextSize(page, text);
      await chat.sendMessage('Well?');
      await expect(chat.messageWithText('Well?')).toHaveAttribute('data-state', 'sent');

      await page.locator('.me').click();
      await expectNothingCutOff(page);
      for (const name of ['Cancel', 'Save']) await expectReachable(page.getByRole('button', { name }));
      await page.keyboard.press('Escape');

      await page.getByRole('button', { name: /online/ }).click();
      await expectNothingCutOff(page);
      await expectReachable(page.getByRole('button', { name: 'Close' }));
      await page.keyboard.press('Escape');

      await chat.messageWithText('Well?').focus();
      await page.keyboard.press('+');
      await expectNothingCutOff(page);
      const picker = page.getByRole('dialog');
      for (const name of ['React with 💯', 'React with 😀', 'Add', 'Cancel']) await expectReachable(picker.getByRole('button', { name, exact: true }));
    });
  });
}

/** Sets the text size with a script, because the page's policy forbids other style sheets. */
async function setTextSize(page: Page, text: string): Promise<void> {
  await page.evaluate((text) => document.documentElement.style.setProperty('font-size', text), text);
}

/** Checks that every visible text is inside the window and inside the element that clips it. */
async function expectNothingCutOff(page: Page): Promise<void> {
  const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  expect(content, 'no horizontal scroll bar').toBeLessThanOrEqual(screen!);
  const cut = await page.evaluate(() => {
    const cut: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const element = text.parentElement!;
      if (!text.textContent!.trim() || element.closest('svg, script, option') || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const clippingParent = (of: Element | null): Element | null => (!of || /hidden|clip|auto/.test(getComputedStyle(of).overflowX) ? of : clippingParent(of.parentElement));
      const clip = clippingParent(element);
      // An ellipsis shows that text is cut off.
      if (clip && getComputedStyle(clip).textOverflow === 'ellipsis') continue;
      const [left, right] = clip ? [clip.getBoundingClientRect().left, clip.getBoundingClientRect().right] : [0, innerWidth];
      const out = [...range.getClientRects()].some((box) => box.width > 0 && (box.left < left - 1 || box.right > right + 1));
      if (out) cut.push(text.textContent!);
    }
    return cut;
  });
  expect(cut, 'texts that are cut off').toEqual([]);
}

async function expectReachable(element: Locator): Promise<void> {
  await element.scrollIntoViewIfNeeded();
  await expect(element).toBeInViewport({ ratio: 0.9 });
}
