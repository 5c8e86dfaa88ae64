import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { Touch } from '../support/touch.ts';
import { expect, test } from '../support/fixtures.ts';
import { png } from '../support/images.ts';
import { Message } from '../support/message.ts';
import { messageLimit } from '../support/settings.ts';

// The chat in a hand: fingers instead of a mouse, and a keyboard that lies over the page.

test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

const toolbar = (page: Page) => page.getByRole('toolbar', { name: 'Message actions' });

/** A message, a finger, and a clock that stands still. */
async function pressable(page: Page, chat: ChatPage, text: string): Promise<[Message, Touch]> {
  await chat.sendMessage(text);
  const message = await Message.withText(chat, text);
  await page.clock.pauseAt(Date.now() + 1_000);
  return [message, await Touch.of(page)];
}

test('a touch that stays on a message brings its actions, and a tap takes them away', async ({ page, deployment, room }) => {
  await page.clock.install();
  const chat = await ChatPage.open(page, deployment, room);
  const [message, touch] = await pressable(page, chat, 'press me');
  await message.article.locator('.message-text').tap();
  await page.clock.runFor(1_000);
  await expect(toolbar(page)).toBeHidden();

  await touch.down(message.article.locator('.message-text'));
  await page.clock.runFor(499);
  await expect(toolbar(page)).toBeHidden();
  await page.clock.runFor(1);
  await expect(toolbar(page)).toBeVisible();
  await touch.up();
  await page.clock.runFor(1_000);
  await expect(toolbar(page)).toBeVisible();

  await toolbar(page).getByRole('button', { name: 'React with ❤️' }).tap();
  await expect(message.reaction(/^❤️ 1/)).toBeVisible();
  await message.article.locator('.message-text').tap();
  await expect(toolbar(page)).toBeHidden();
});

for (const [what, x, y, comes] of [
  ['trembles', 8, 0, true],
  ['moves aside', 20, 0, false],
  ['scrolls', 0, -40, false],
] as const) {
  test(`a touch that ${what} ${comes ? 'still means' : 'does not mean'} the actions`, async ({ page, deployment, room }) => {
    await page.clock.install();
    const chat = await ChatPage.open(page, deployment, room);
    const [message, touch] = await pressable(page, chat, 'press me');
    await touch.down(message.article.locator('.message-text'));
    await touch.move(x, y);
    await page.clock.runFor(1_000);
    await expect(toolbar(page)).toBeVisible({ visible: comes });
    await touch.up();
  });
}

test('the browser’s own menu is kept away for that, and for nothing else', async ({ page, deployment, room }) => {
  await page.clock.install();
  const chat = await ChatPage.open(page, deployment, room);
  const [message, touch] = await pressable(page, chat, 'see https://example.org/');
  const kept = (selector: string) =>
    message.article.locator(selector).evaluate((element) => !element.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true })));
  expect(await kept('.message-text')).toBe(false);
  await touch.down(message.article.locator('time'));
  expect(await kept('.message-text')).toBe(true);
  await page.clock.runFor(500);
  await touch.up();
  await message.article.locator('.message-author').tap();
  await expect(toolbar(page)).toBeHidden();
  expect(await kept('.message-text')).toBe(false);
  // A link has a menu that is of use.
  await touch.down(message.article.locator('.rich a'));
  expect(await kept('.rich a')).toBe(false);
  await page.clock.runFor(500);
  await expect(toolbar(page)).toBeHidden();
  await touch.up();
});

test('a touch that stays on an image does not open it', async ({ page, deployment, room }) => {
  await page.clock.install();
  const chat = await ChatPage.open(page, deployment, room);
  await page.locator('input[type=file]').setInputFiles({ name: 'sea.png', mimeType: 'image/png', buffer: png(320, 200) });
  await expect(page.getByRole('list', { name: 'Attached images' })).toBeVisible();
  await chat.sendMessage('the sea');
  const message = await Message.withText(chat, 'the sea');
  const touch = await Touch.of(page);
  await page.clock.pauseAt(Date.now() + 1_000);
  await touch.down(message.article.locator('.message-image button'));
  await page.clock.runFor(500);
  await touch.up();
  await expect(toolbar(page)).toBeVisible();
  await expect(page.getByRole('dialog', { name: 'Image' })).toBeHidden();
  await message.article.locator('.message-image button').tap();
  await expect(page.getByRole('dialog', { name: 'Image' })).toBeVisible();
});

/** What can be tapped now and is smaller than 44 pixels. A link in a line of text has the line's height, as WCAG lets it. */
async function small(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const whole = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
    const targets = [...whole.querySelectorAll('button, a, input, select, textarea, label:has(input[type=radio])')];
    const tappable = targets.filter((target) => getComputedStyle(target).pointerEvents !== 'none');
    const measured = tappable.filter((target) => target.checkVisibility({ visibilityProperty: true }) && !target.matches('.rich a, input[type=radio], .name-label input'));
    if (measured.length < 2) throw new Error('there is nothing to be tapped');
    return measured.flatMap((target) => {
      const { width, height } = target.getBoundingClientRect();
      return Math.min(width, height) < 43.99 ? [`${target.outerHTML.slice(0, 120)}: ${width} x ${height}`] : [];
    });
  });
}

test('whatever can be tapped is large enough for a touch, in every state of the page', async ({ page, deployment, room, connect }) => {
  test.setTimeout(120_000);
  const proxy = await SocketProxy.install(page);
  const ann = await connect(room);
  for (let at = 0; at < messageLimit; at += 1) await ann.sendMessage(`line ${at}`);
  const { seq } = await ann.sendMessage('A question for https://example.org/');
  await ChatPage.open(page, deployment, `${room}-b`);
  const chat = await ChatPage.open(page, deployment, room);
  const touch = await Touch.of(page);
  const check = async (state: string) => expect(await small(page), state).toEqual([]);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const hold = async (message: Message) => {
    await touch.down(message.article.locator('time'));
    await expect(toolbar(page)).toBeVisible();
    await touch.up();
  };
  await check('a conversation');

  const question = Message.withSeq(chat, seq);
  await hold(question);
  await check('the actions of a message');
  await button('More reactions').tap();
  await expect(page.getByRole('dialog', { name: 'More reactions' })).toBeVisible();
  await check('the emoji');
  await button('React with 🎉').last().tap();
  await expect(question.reaction(/^🎉 1/)).toBeVisible();
  await hold(question);
  await button('Reply').tap();
  await check('an answer that is written');
  await chat.sendMessage('an answer');
  const own = await Message.withText(chat, 'an answer');
  await check('an answer, a quote and a reaction');
  await hold(own);
  await check('the actions of an own message');
  await button('Delete').first().tap();
  await check('the question whether it is to go');
  await button('Cancel').last().tap();

  await page.locator('input[type=file]').setInputFiles([
    { name: 'sea.png', mimeType: 'image/png', buffer: png(320, 200) },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') },
  ]);
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Attached images' }).getByRole('listitem')).toHaveCount(1);
  await check('an image that waits, and one that was refused');
  await chat.sendMessage('the sea');
  const image = await Message.withText(chat, 'the sea');
  await image.article.locator('.message-image button').tap();
  await check('an image at its full size');
  await button('Close').last().tap();

  await page.getByRole('heading', { level: 1 }).getByRole('button').tap();
  await check('the rooms');
  await page.keyboard.press('Escape');
  await button('Search').tap();
  await page.getByRole('searchbox').fill('line');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Search' }).getByRole('link')).toHaveCount(20);
  await check('what was found');
  await page.keyboard.press('Escape');
  await page.locator('.me').tap();
  await check('what is the visitor’s own');
  await button('Keyboard shortcuts').tap();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');

  proxy.rejectNextSend('badField');
  await chat.sendMessage('refused');
  await expect(chat.messageWithText('refused')).toHaveAttribute('data-state', 'failed');
  await check('a message that was not sent');
  await chat.scrollToOldest();
  await ann.sendMessage('new');
  await expect(chat.newMessages).toBeVisible();
  await check('new messages further down');
  await proxy.disconnect();
  await chat.waitForState('offline');
  await check('offline');
});

test('the composer is above a keyboard that the browser lays over the page, and the newest message above that', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('the newest');
  const cover = (left: number | null) =>
    page.evaluate((left) => {
      const viewport = visualViewport!;
      if (left === null) delete (viewport as any).height;
      else Object.defineProperty(viewport, 'height', { configurable: true, value: left });
      viewport.dispatchEvent(new Event('resize'));
    }, left);
  const bottom = () => chat.composer.evaluate((field) => field.getBoundingClientRect().bottom);
  expect(await bottom()).toBeGreaterThan(700);
  // What Safari on iOS says when its keyboard comes.
  await cover(480);
  expect(await bottom()).toBeLessThanOrEqual(480);
  expect(await bottom()).toBeGreaterThan(400);
  await expect(chat.messageWithText('the newest')).toBeInViewport({ ratio: 1 });
  expect(await page.getByRole('banner').evaluate((bar) => bar.getBoundingClientRect().top)).toBe(0);
  // The bars of a browser that come and go are no keyboard.
  await cover(780);
  expect(await bottom()).toBeGreaterThan(700);
  await cover(null);
  expect(await bottom()).toBeGreaterThan(700);
});
