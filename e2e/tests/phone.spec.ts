import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { Touch } from '../support/touch.ts';
import { expect, test } from '../support/fixtures.ts';
import { png } from '../support/images.ts';
import { Message } from '../support/message.ts';
import { messageLimit } from '../support/settings.ts';

// The chat on a phone: touch instead of a mouse, and an on-screen keyboard.

test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

const toolbar = (page: Page) => page.getByRole('toolbar', { name: 'Message actions' });

/** Sends a message and pauses the clock. Returns the message and a touch. */
async function prepareTouch(page: Page, chat: ChatPage, text: string): Promise<[Message, Touch]> {
  await chat.sendMessage(text);
  const message = await Message.withText(chat, text);
  await page.clock.pauseAt(Date.now() + 1_000);
  return [message, await Touch.of(page)];
}

test('a long press opens the message actions, a tap closes them', async ({ page, deployment, room }) => {
  await page.clock.install();
  const chat = await ChatPage.open(page, deployment, room);
  const [message, touch] = await prepareTouch(page, chat, 'press me');
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

for (const [movement, x, y, opens] of [
  ['moved by 8 pixels', 8, 0, true],
  ['moved 20 pixels aside', 20, 0, false],
  ['moved 40 pixels up', 0, -40, false],
] as const) {
  test(`a long press ${movement} ${opens ? 'opens' : 'does not open'} the actions`, async ({ page, deployment, room }) => {
    await page.clock.install();
    const chat = await ChatPage.open(page, deployment, room);
    const [message, touch] = await prepareTouch(page, chat, 'press me');
    await touch.down(message.article.locator('.message-text'));
    await touch.move(x, y);
    await page.clock.runFor(1_000);
    await expect(toolbar(page)).toBeVisible({ visible: opens });
    await touch.up();
  });
}

test('a long press suppresses the context menu, except on links', async ({ page, deployment, room }) => {
  await page.clock.install();
  const chat = await ChatPage.open(page, deployment, room);
  const [message, touch] = await prepareTouch(page, chat, 'see https://example.org/');
  const showsContextMenu = (selector: string) =>
    message.article.locator(selector).evaluate((element) => element.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true })));
  expect(await showsContextMenu('.message-text')).toBe(true);
  await touch.down(message.article.locator('.message-time'));
  expect(await showsContextMenu('.message-text')).toBe(false);
  await page.clock.runFor(500);
  await touch.up();
  await message.article.locator('.message-author').tap();
  await expect(toolbar(page)).toBeHidden();
  expect(await showsContextMenu('.message-text')).toBe(true);
  // A link has a useful context menu.
  await touch.down(message.article.locator('.rich a'));
  expect(await showsContextMenu('.rich a')).toBe(true);
  await page.clock.runFor(500);
  await expect(toolbar(page)).toBeHidden();
  await touch.up();
});

test('a long press on an image does not open it', async ({ page, deployment, room }) => {
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

/** Returns the visible touch targets under 44 pixels. WCAG exempts links in a line of text, which have the line's height. */
async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const scope = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
    const targets = [...scope.querySelectorAll('button, a, input, select, textarea, label:has(input[type=radio])')];
    const tappable = targets.filter((target) => getComputedStyle(target).pointerEvents !== 'none');
    const measured = tappable.filter((target) => target.checkVisibility({ visibilityProperty: true }) && !target.matches('.rich a, input[type=radio], .name-label input'));
    if (measured.length < 2) throw new Error('there is no touch target');
    return measured.flatMap((target) => {
      const { width, height } = target.getBoundingClientRect();
      return Math.min(width, height) < 43.99 ? [`${target.outerHTML.slice(0, 120)}: ${width} x ${height}`] : [];
    });
  });
}

test('all touch targets are at least 44 pixels in every state', async ({ page, deployment, room, connect }) => {
  test.setTimeout(120_000);
  const proxy = await SocketProxy.install(page);
  const ann = await connect(room);
  for (let at = 0; at < messageLimit; at += 1) await ann.sendMessage(`line ${at}`);
  const { seq } = await ann.sendMessage('A question for https://example.org/');
  await ChatPage.open(page, deployment, `${room}-b`);
  const chat = await ChatPage.open(page, deployment, room);
  const touch = await Touch.of(page);
  const check = async (state: string) => expect(await smallTargets(page), state).toEqual([]);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const longPress = async (message: Message) => {
    await touch.down(message.article.locator('.message-time'));
    await expect(toolbar(page)).toBeVisible();
    await touch.up();
  };
  await check('a conversation');

  const question = Message.withSeq(chat, seq);
  await longPress(question);
  await check('message actions');
  await button('More reactions').tap();
  await expect(page.getByRole('dialog', { name: 'More reactions' })).toBeVisible();
  await check('emoji picker');
  await button('React with 🎉').last().tap();
  await expect(question.reaction(/^🎉 1/)).toBeVisible();
  await longPress(question);
  await button('Reply').tap();
  await check('writing a reply');
  await chat.sendMessage('an answer');
  const own = await Message.withText(chat, 'an answer');
  await check('a reply, its quote and a reaction');
  await longPress(own);
  await check('actions of an own message');
  await button('More actions').tap();
  await check('more actions of an own message');
  await button('Delete').first().tap();
  await check('delete dialog');
  await button('Cancel').last().tap();

  await page.locator('input[type=file]').setInputFiles([
    { name: 'sea.png', mimeType: 'image/png', buffer: png(320, 200) },
    { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') },
  ]);
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Attached images' }).getByRole('listitem')).toHaveCount(1);
  await check('an attached image and a rejected file');
  await chat.sendMessage('the sea');
  const image = await Message.withText(chat, 'the sea');
  await image.article.locator('.message-image button').tap();
  await check('image viewer');
  await button('Close').last().tap();

  await page.getByRole('heading', { level: 1 }).getByRole('button').tap();
  await check('room dialog');
  await page.keyboard.press('Escape');
  await button('Search').tap();
  await page.getByRole('searchbox').fill('line');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Search' }).getByRole('link')).toHaveCount(20);
  await check('search results');
  await page.keyboard.press('Escape');
  await page.locator('.me').tap();
  await check('profile dialog');
  await button('Keyboard shortcuts').tap();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');

  proxy.rejectNextSend('badField');
  await chat.sendMessage('refused');
  await expect(chat.messageWithText('refused')).toHaveAttribute('data-state', 'failed');
  await check('a failed message');
  await chat.scrollToOldest();
  await ann.sendMessage('new');
  await expect(chat.newMessages).toBeVisible();
  await check('new messages below');
  await proxy.disconnect();
  await chat.waitForState('offline');
  await check('offline');
});

test('the composer stays above the on-screen keyboard', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('the newest');
  const setVisibleHeight = (height: number | null) =>
    page.evaluate((height) => {
      const viewport = visualViewport!;
      if (height === null) delete (viewport as any).height;
      else Object.defineProperty(viewport, 'height', { configurable: true, value: height });
      viewport.dispatchEvent(new Event('resize'));
    }, height);
  const bottom = () => chat.composer.evaluate((field) => field.getBoundingClientRect().bottom);
  expect(await bottom()).toBeGreaterThan(700);
  // Simulates the keyboard of Safari on iOS.
  await setVisibleHeight(480);
  expect(await bottom()).toBeLessThanOrEqual(480);
  expect(await bottom()).toBeGreaterThan(400);
  await expect(chat.messageWithText('the newest')).toBeInViewport({ ratio: 1 });
  expect(await page.getByRole('banner').evaluate((bar) => bar.getBoundingClientRect().top)).toBe(0);
  // A small change of the height is a browser's toolbar, not a keyboard.
  await setVisibleHeight(780);
  expect(await bottom()).toBeGreaterThan(700);
  await setVisibleHeight(null);
  expect(await bottom()).toBeGreaterThan(700);
});

test('Enter makes a new line, the button sends', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await expect(chat.composer).toHaveAttribute('enterkeyhint', 'enter');
  await expect(chat.composer).toHaveAttribute('aria-description', /^Enter for a new line/);
  await chat.composer.pressSequentially('milk');
  await chat.composer.press('Enter');
  await chat.composer.pressSequentially('bread');
  await expect(chat.composer).toHaveValue('milk\nbread');
  await expect(chat.messages).toHaveCount(0);
  await chat.sendButton.tap();
  await expect(chat.messages).toHaveCount(1);
  expect(await chat.messages.locator('.message-text').innerText()).toBe('milk\nbread');
  await expect(chat.composer).toHaveValue('');
  // A keyboard that is connected to the phone has the key.
  await chat.composer.pressSequentially('and tea');
  await chat.composer.press('Control+Enter');
  await expect(chat.messages).toHaveCount(2);
});
