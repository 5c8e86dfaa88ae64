import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { failPart, hold, loadOnlyWhenNeeded, PART } from '../support/on_demand.ts';
import { Touch } from '../support/touch.ts';

// What people do with messages before the actions of messages are loaded.

const toolbar = (page: Page) => page.getByRole('toolbar', { name: 'Message actions' });

/** Sends messages. Returns them. */
async function sendMessages(page: Page, chat: ChatPage, ...texts: string[]): Promise<Message[]> {
  const messages: Message[] = [];
  for (const text of texts) {
    await chat.sendMessage(text);
    messages.push(await Message.withText(chat, text));
  }
  // The mouse is not over the log.
  await page.locator('.me').hover();
  return messages;
}

test('a message that is hovered before gets its actions when they are loaded', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  const [first, second] = await sendMessages(page, chat, 'one', 'two');
  await second!.article.hover();
  await first!.article.hover();
  await expect(toolbar(page)).toHaveCount(0);
  answerPart();
  await first!.article.getByRole('toolbar').getByRole('button', { name: 'React with 👍' }).click();
  await expect(first!.reaction(/^👍 1/)).toBeVisible();
  await expect(second!.article.getByRole('toolbar')).toHaveCount(0);
});

test('hovering a message loads the actions', async ({ page, deployment, room }) => {
  await loadOnlyWhenNeeded(page);
  const chat = await ChatPage.open(page, deployment, room);
  const [message] = await sendMessages(page, chat, 'one');
  const loaded = page.waitForResponse(PART);
  await message!.article.hover();
  await loaded;
});

test('after a failure, hovering and keys request nothing, and the actions come by themselves', async ({ page, deployment, room }) => {
  await page.clock.install();
  const repairPart = await failPart(page);
  const requests: string[] = [];
  page.on('request', (request) => PART.test(request.url()) && requests.push(request.url()));
  const failed = page.waitForEvent('requestfailed', (request) => PART.test(request.url()));
  const chat = await ChatPage.open(page, deployment, room);
  await page.clock.runFor(1000);
  await failed;
  const [first, second] = await sendMessages(page, chat, 'one', 'two');
  await first!.article.hover();
  await second!.article.hover();
  await chat.log.focus();
  for (const key of ['Shift', 'ArrowUp', 'e']) await page.keyboard.press(key);
  await chat.composer.fill('@');
  expect(requests).toHaveLength(1);
  await chat.composer.fill('');
  await second!.article.focus();
  await repairPart();
  await page.clock.runFor(30_000);
  await expect(second!.article.getByRole('toolbar')).toBeVisible();
  expect(requests).toHaveLength(2);
  // The keys of before are forgotten.
  await expect(second!.article).toBeFocused();
  await expect(chat.composer).toHaveValue('');
});

test('keys that are pressed in the log before are handled in order when their actions are loaded', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  const [first, second] = await sendMessages(page, chat, 'one', 'two');
  await chat.log.focus();
  for (const key of ['ArrowUp', 'ArrowUp', 'ArrowRight', 'ArrowRight']) await page.keyboard.press(key);
  await expect(chat.log).toBeFocused();
  answerPart();
  await expect(first!.article.getByRole('button', { name: 'React with ❤️' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(first!.reaction(/^❤️ 1/)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(first!.article).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(second!.article).toBeFocused();
});

test('keys that waited do not take the focus from the field', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  await sendMessages(page, chat, 'one');
  await chat.log.focus();
  await page.keyboard.press('ArrowUp');
  await chat.composer.focus();
  await page.keyboard.type('a');
  answerPart();
  await expect(page.locator('dialog.search')).toBeAttached();
  // The keys are handled in the next frames.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  await page.keyboard.type('b');
  await expect(chat.composer).toHaveValue('ab');
  await expect(chat.composer).toBeFocused();
});

test('a message that is focused before gets its actions when they are loaded', async ({ page, deployment, room }) => {
  const answerPart = await hold(page);
  const chat = await ChatPage.open(page, deployment, room);
  const [message] = await sendMessages(page, chat, 'one');
  // The browser shows the focus of a script only after a key.
  await page.keyboard.press('Tab');
  await message!.article.focus();
  await expect(toolbar(page)).toHaveCount(0);
  answerPart();
  await expect(message!.article.getByRole('toolbar')).toBeVisible();
  await expect(message!.article).toBeFocused();
});

test('a reaction can be added and removed before the actions are loaded', async ({ page, deployment, room, connect }) => {
  await hold(page);
  const ann = await connect(room);
  ann.send({ action: 'send', text: 'shall we?' });
  const { seq } = await ann.next('message');
  ann.send({ action: 'react', seq, emoji: '👍', on: true });
  const chat = await ChatPage.open(page, deployment, room);
  const message = Message.withSeq(chat, Number(seq));
  await message.reaction(/^👍 1/).click();
  await expect(message.reaction(/^👍 2/)).toHaveAttribute('aria-pressed', 'true');
  await message.reaction(/^👍 2/).click();
  await expect(message.reaction(/^👍 1/)).toHaveAttribute('aria-pressed', 'false');
});

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

  for (const lifted of [false, true]) {
    test(`a long press ${lifted ? 'that ended' : 'that lasts'} before the actions are loaded shows them when they are`, async ({ page, deployment, room }) => {
      await page.clock.install();
      const answerPart = await hold(page);
      const chat = await ChatPage.open(page, deployment, room);
      await chat.sendMessage('press me');
      const message = await Message.withText(chat, 'press me');
      await page.clock.pauseAt(Date.now() + 10_000);
      const touch = await Touch.of(page);
      await touch.down(message.article.locator('.message-text'));
      await page.clock.runFor(500);
      if (lifted) await touch.up();
      await expect(toolbar(page)).toHaveCount(0);
      answerPart();
      await expect(message.article.getByRole('toolbar')).toBeVisible();
      if (!lifted) await touch.up();
      await toolbar(page).getByRole('button', { name: 'React with ❤️' }).tap();
      await expect(message.reaction(/^❤️ 1/)).toBeVisible();
    });
  }
});

for (const [size, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(`clicks on a ${size}`, () => {
    test.use({ viewport });

    test('a thread that is opened before opens when the actions are loaded', async ({ page, deployment, room, connect }) => {
      const answerPart = await hold(page);
      const ann = await connect(room);
      ann.send({ action: 'send', text: 'which boat?' });
      const { seq } = await ann.next('message');
      ann.send({ action: 'send', text: 'the red one', thread: seq, replyTo: seq, nonce: crypto.randomUUID() });
      await ann.next('message');
      const chat = await ChatPage.open(page, deployment, room);
      await Message.withSeq(chat, Number(seq)).article.locator('.message-thread').click();
      await expect(page.getByRole('dialog', { name: 'Loading…' })).toBeVisible();
      answerPart();
      await expect(page.getByRole('complementary', { name: 'Thread' }).getByText('the red one')).toBeVisible();
      await expect(page.getByRole('dialog', { name: 'Loading…' })).toBeHidden();
    });

    test('a vote before counts when the actions are loaded', async ({ page, deployment, room, connect }) => {
      const answerPart = await hold(page);
      const ann = await connect(room);
      ann.send({ action: 'send', text: 'which boat?', poll: { options: ['the red one', 'the blue one'] } });
      const { seq } = await ann.next('message');
      const chat = await ChatPage.open(page, deployment, room);
      const option = Message.withSeq(chat, Number(seq)).article.getByRole('button', { name: /the blue one/ });
      await option.click();
      answerPart();
      await expect(option).toHaveAttribute('aria-pressed', 'true');
    });
  });
}
