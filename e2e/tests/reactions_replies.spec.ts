import { ChatPage, openSecondBrowser } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { messageLimit } from '../support/settings.ts';
import { Touch } from '../support/touch.ts';

// Reactions and replies, and all message actions by keyboard and touch, on both deployments.

/** Sets the name of a page's visitor. */
async function rename(chat: ChatPage, name: string): Promise<void> {
  await chat.page.locator('.me').click();
  await chat.page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await chat.page.getByRole('button', { name: 'Save' }).click();
  await expect(chat.page.locator('.me')).toContainText(name);
  await expect(chat.page.getByRole('textbox', { name: 'Your name' })).toBeHidden();
}

test('reactions show count and names and can be removed', async ({ browser, page, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const ben = await openSecondBrowser(browser, deployment, room);
  await rename(ann, 'Ann');
  await rename(ben, 'Ben');
  await ann.sendMessage('shall we?');
  const [hers, his] = [await Message.withText(ann, 'shall we?'), await Message.withText(ben, 'shall we?')];

  await his.clickAction('React with 👍');
  await expect(his.reaction('👍 1: Ben')).toHaveAttribute('aria-pressed', 'true');
  await expect(hers.reaction('👍 1: Ben')).toHaveAttribute('aria-pressed', 'false');
  await hers.reaction('👍 1: Ben').click();
  await expect(his.reaction('👍 2: Ben, Ann')).toHaveAttribute('title', 'Ben, Ann');
  await his.reaction('👍 2: Ben, Ann').click();
  await expect(hers.reaction('👍 1: Ann')).toHaveAttribute('aria-pressed', 'true');
  await hers.clickAction('React with 👍');
  await expect(his.article.locator('.reaction')).toHaveCount(0);
  await ben.page.context().close();
});

test('any single emoji can be a reaction, other text cannot', async ({ browser, page, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const ben = await openSecondBrowser(browser, deployment, room);
  await ann.sendMessage('guess');
  const [hers, his] = [await Message.withText(ann, 'guess'), await Message.withText(ben, 'guess')];
  const picker = page.getByRole('dialog', { name: 'More reactions' });
  const field = picker.getByRole('textbox', { name: 'Any other emoji' });

  await hers.clickAction('More reactions');
  await field.fill('no');
  await field.press('Enter');
  await expect(field).toHaveJSProperty('validationMessage', 'Please enter one emoji.');
  await expect(picker).toBeVisible();
  await field.fill('👩🏽‍🚀');
  await field.press('Enter');
  await expect(picker).toBeHidden();
  await expect(his.reaction(/^👩🏽‍🚀 1/)).toBeVisible();

  await hers.clickAction('More reactions');
  await picker.getByRole('button', { name: 'React with 🚀' }).click();
  await expect(his.reaction(/^🚀 1/)).toBeVisible();
  await hers.clickAction('More reactions');
  // The picker opens in the next frame.
  await expect(picker).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(picker).toBeHidden();
  await expect(his.article.locator('.reaction')).toHaveCount(2);
  await ben.page.context().close();
});

test('a reply quotes its message and leads to it', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const other = await connect(room);
  other.send({ action: 'rename', name: 'Ann' });
  await other.next('welcome');
  await other.sendMessage('Shall we go?\nOr stay?');
  const question = chat.messages.first();
  await new Message(chat, question).clickAction('Reply');
  await expect(chat.composer).toBeFocused();
  await expect(page.getByText('Replying to Ann: Shall we go?')).toBeVisible();
  await chat.sendMessage('We go.');
  await expect(page.getByText('Replying to')).toHaveCount(0);
  const answer = await Message.withText(chat, 'We go.');
  for (let at = 0; at < 20; at += 1) await other.sendMessage(`and so on ${at}`);
  await expect(chat.messageWithText('and so on 19')).toBeInViewport();

  await expect(answer.article.locator('.message-quote')).toHaveText(/^Ann:\s*Shall we go\?\s*Or stay\?$/);
  await answer.article.locator('.message-quote').click();
  await expect(question).toBeFocused();
  await expect(question).toBeInViewport();
  await expect(question).toHaveAttribute('data-found', '');
  expect((await other.newestMessages()).find((message) => message['text'] === 'We go.')).toMatchObject({ replyTo: { author: { name: 'Ann' } } });
});

test('a quote is plain text, cut with an ellipsis', async ({ page, deployment, room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  const { seq } = await ann.sendMessage('**bold** and `code` <b>\n```rust\nlet x = 1;\n```');
  ann.send({ action: 'send', text: 'see above', replyTo: seq, nonce: crypto.randomUUID() });
  const long = await ann.sendMessage('word '.repeat(60));
  ann.send({ action: 'send', text: 'too long', replyTo: long.seq, nonce: crypto.randomUUID() });
  const chat = await ChatPage.open(page, deployment, room);
  const quote = (text: string) => chat.messageWithText(text).locator('.quote-text');
  await expect(quote('see above')).toHaveText(': bold and code <b> let x = 1;');
  await expect(quote('too long')).toHaveText(/^: (word ){23,}word…$/);
  await new Message(chat, chat.messages.first()).clickAction('Reply');
  await expect(page.getByText('Replying to Ann: bold and code <b> let x = 1;')).toBeVisible();
});

test('a quote leads to a message that is not loaded yet', async ({ page, deployment, room, connect }) => {
  const sender = await connect(room);
  const { seq } = await sender.sendMessage('long ago');
  for (let at = 0; at < 2 * messageLimit; at += 1) await sender.sendMessage(`line ${at}`);
  sender.send({ action: 'send', text: 'do you remember?', replyTo: seq, nonce: crypto.randomUUID() });

  const chat = await ChatPage.open(page, deployment, room);
  const quote = chat.messageWithText('do you remember?').locator('.message-quote');
  await expect(quote).toContainText('an earlier message');
  await quote.click();
  await expect(chat.messageWithText('long ago')).toBeFocused();
  await expect(chat.messageWithText('long ago')).toBeInViewport();
  await expect(quote).toContainText('long ago');
});

test('Escape cancels a reply and keeps the text', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  const other = await connect(room);
  await other.sendMessage('a question');
  await chat.composer.fill('an answer');
  await (await Message.withText(chat, 'a question')).clickAction('Reply');
  await expect(page.getByText('Replying to')).toBeVisible();
  await chat.composer.press('Escape');
  await expect(page.getByText('Replying to')).toHaveCount(0);
  await chat.composer.press('Enter');
  await chat.expectMessages('a question', 'an answer');
  await expect(chat.messages.locator('.message-quote')).toHaveCount(0);
});

test('all message actions work with the keyboard', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await (await connect(room)).sendMessage('first');
  await chat.sendMessage('second');
  const [first, second] = [await Message.withText(chat, 'first'), await Message.withText(chat, 'second')];

  // The log is before the buttons of the composer. From there, arrow keys move between messages.
  await chat.composer.focus();
  for (let stops = 0; stops < 5; stops += 1) {
    await page.keyboard.press('Shift+Tab');
    if (await chat.log.evaluate((log) => log === document.activeElement)) break;
  }
  await expect(chat.log).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(second.article).toBeFocused();
  await expect(second.article.getByRole('toolbar')).toBeVisible();
  await page.keyboard.press('ArrowUp');
  await expect(first.article).toBeFocused();
  await page.keyboard.press('End');
  await expect(second.article).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('r');
  await expect(chat.composer).toBeFocused();
  await page.keyboard.type('third');
  await page.keyboard.press('Enter');
  const third = await Message.withText(chat, 'third');
  await expect(third.article.locator('.message-quote')).toContainText('first');

  await second.article.focus();
  await page.keyboard.press('e');
  await expect(chat.composer).toHaveValue('second');
  await page.keyboard.press('End');
  await page.keyboard.type(' to none');
  await page.keyboard.press('Enter');
  await chat.expectMessages('first', 'second to none', 'third');

  await second.article.focus();
  await page.keyboard.press('+');
  await expect(page.getByRole('button', { name: 'React with 😀' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(second.reaction(/^😄 1/)).toBeVisible();
  await expect(second.article).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(second.reaction(/^😄 1/)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(second.article.locator('.reaction')).toHaveCount(0);

  await second.article.focus();
  await page.keyboard.press('Delete');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Delete' })).toBeFocused();
  await page.keyboard.press('Enter');
  await second.expectDeleted();
  await expect(second.article).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(third.article).toBeFocused();
});

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 320, height: 640 } });

  test('a long press shows actions of at least 44 pixels', async ({ page, deployment, room }) => {
    const chat = await ChatPage.open(page, deployment, room);
    await chat.sendMessage('one');
    await chat.sendMessage('press me');
    const message = await Message.withText(chat, 'press me');
    const touch = await Touch.of(page);
    await touch.down(message.article.locator('.message-text'));
    const toolbar = message.article.getByRole('toolbar');
    await expect(toolbar).toBeVisible();
    await touch.up();
    for (const button of await toolbar.getByRole('button').all()) {
      const box = (await button.boundingBox())!;
      expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(320);
    }
    await toolbar.getByRole('button', { name: 'React with 👍' }).tap();
    await expect(message.reaction(/^👍 1/)).toBeVisible();
    await message.article.locator('.message-text').tap();
    await expect(page.getByRole('toolbar')).toHaveCount(0);
  });
});

test('edits, deletions, reactions and quotes show without scripts', async ({ browser, deployment, room, connect }) => {
  const sender = await connect(room);
  sender.send({ action: 'rename', name: '"><img src=x>' });
  await sender.next('welcome');
  const sent = [await sender.sendMessage('frist'), await sender.sendMessage('a mistake')];
  sender.send({ action: 'edit', seq: sent[0]!['seq'], text: 'first' });
  await sender.next('message');
  sender.send({ action: 'react', seq: sent[0]!['seq'], emoji: '🎉', on: true });
  await sender.next('message');
  sender.send({ action: 'delete', seq: sent[1]!['seq'] });
  await sender.next('message');
  sender.send({ action: 'send', text: 'answer', replyTo: sent[0]!['seq'], nonce: crypto.randomUUID() });
  await sender.next('message');

  const context = await browser.newContext({ javaScriptEnabled: false });
  const chat = new ChatPage(await context.newPage());
  await chat.page.goto(deployment.pageUrl(room));
  await chat.expectMessages('first', 'answer');
  const edited = await Message.withText(chat, 'first');
  await edited.expectEdited();
  await expect(edited.reaction('🎉 1: "><img src=x>')).toBeVisible();
  await Message.withSeq(chat, sent[1]!['seq']).expectDeleted();
  await expect(chat.messageWithText('answer').locator('.message-quote')).toContainText('first');
  await expect(chat.log.locator('img')).toHaveCount(0);
  await context.close();
});
