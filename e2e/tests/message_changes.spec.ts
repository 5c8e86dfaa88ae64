import type { Browser } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { Touch } from '../support/touch.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { messageLimit } from '../support/settings.ts';

// Edits, deletions, reactions and answers as people meet them: in a browser, on both homes.

/** Somebody else, in a browser of their own. */
async function second(browser: Browser, deployment: Deployment, room: string): Promise<ChatPage> {
  return ChatPage.open(await (await browser.newContext({ locale: 'en-GB' })).newPage(), deployment, room);
}

/** What a page says of itself by its name. */
async function rename(chat: ChatPage, name: string): Promise<void> {
  await chat.page.locator('.me').click();
  await chat.page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await chat.page.getByRole('button', { name: 'Save' }).click();
  await expect(chat.page.locator('.me')).toContainText(name);
}

test('an edit is seen by everyone, and marked', async ({ browser, page, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const ben = await second(browser, deployment, room);
  await ann.sendMessage('Hello Bne');
  const message = await Message.withText(ann, 'Hello Bne');
  const theirs = await Message.withText(ben, 'Hello Bne');

  await message.clickAction('Edit');
  await expect(ann.composer).toBeFocused();
  await expect(ann.composer).toHaveValue('Hello Bne');
  await expect(page.getByText('Editing your message')).toBeVisible();
  await ann.composer.fill('Hello Ben');
  await page.getByRole('button', { name: 'Save' }).click();

  await ben.expectMessages('Hello Ben');
  await theirs.expectEdited();
  await message.expectEdited();
  await expect(ann.composer).toHaveValue('');
  await ben.page.reload();
  await ben.expectMessages('Hello Ben');
  await theirs.expectEdited();
  await ben.page.context().close();
});

test('the arrow up in an empty composer edits the last own message, and Escape gives back what was written', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('mine');
  await expect(chat.messageWithText('mine')).toHaveAttribute('data-seq', /^\d+$/);
  await (await connect(room)).sendMessage('somebody else’s');
  await chat.expectMessages('mine', 'somebody else’s');

  await chat.composer.press('ArrowUp');
  await expect(chat.composer).toHaveValue('mine');
  await chat.composer.press('Escape');
  await expect(chat.composer).toHaveValue('');

  // With something written, the arrow is an arrow, and the toolbar is the way.
  await chat.composer.fill('half a thought');
  await chat.composer.press('ArrowUp');
  await expect(chat.composer).toHaveValue('half a thought');
  await (await Message.withText(chat, 'mine')).clickAction('Edit');
  await expect(chat.composer).toHaveValue('mine');
  await chat.composer.fill('mine, too');
  await chat.composer.press('Escape');
  await expect(chat.composer).toHaveValue('half a thought');
  await expect(chat.composer).toBeFocused();

  await (await Message.withText(chat, 'mine')).clickAction('Edit');
  await expect(chat.composer).toHaveValue('mine');
  await chat.composer.fill('mine again');
  await chat.composer.press('Enter');
  await chat.expectMessages('mine again', 'somebody else’s');
  await expect(chat.composer).toHaveValue('half a thought');
});

test('an edit is no draft: a reload in its middle brings back what was written before it', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('said');
  await chat.composer.fill('a draft');
  await (await Message.withText(chat, 'said')).clickAction('Edit');
  await expect(chat.composer).toHaveValue('said');
  await chat.composer.fill('said otherwise');
  await page.reload();
  await chat.waitForState('live');
  await expect(chat.composer).toHaveValue('a draft');
  await chat.expectMessages('said');
});

test('an edit that changes nothing sends nothing', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('as it is');
  const message = await Message.withText(chat, 'as it is');
  await message.clickAction('Edit');
  await chat.composer.press('Enter');
  await expect(chat.composer).toHaveValue('');
  const other = await connect(room);
  await other.sendMessage('later');
  await chat.expectMessages('as it is', 'later');
  await expect(message.article.locator('.message-edited')).toHaveCount(0);
  expect((await other.newestMessages())[0]).not.toHaveProperty('editedAt');
});

test('a deletion is asked about, leaves its place, and stays over a reload', async ({ browser, page, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const ben = await second(browser, deployment, room);
  await ann.sendMessage('a secret');
  const message = await Message.withText(ann, 'a secret');
  const theirs = await Message.withText(ben, 'a secret');

  await message.clickAction('Delete');
  const dialog = page.getByRole('dialog', { name: 'Delete this message?' });
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  await ben.expectMessages('a secret');

  await message.delete();
  await message.expectDeleted();
  await expect(message.article).toBeFocused();
  await theirs.expectDeleted();
  // Nothing can be done about it any more.
  await theirs.article.hover();
  await expect(ben.page.getByRole('toolbar')).toBeHidden();
  for (const chat of [ann, ben]) {
    await chat.page.reload();
    await chat.waitForState('live');
  }
  await message.expectDeleted();
  await theirs.expectDeleted();
  await expect(page.getByText('a secret')).toHaveCount(0);
  await ben.page.context().close();
});

test('an edit to nothing asks whether the message is to go', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('too much');
  const message = await Message.withText(chat, 'too much');
  await message.clickAction('Edit');
  await chat.composer.fill('');
  await chat.composer.press('Enter');
  await page.getByRole('dialog', { name: 'Delete this message?' }).getByRole('button', { name: 'Delete' }).click();
  await message.expectDeleted();
});

test('what somebody else said can be answered, but neither edited nor deleted', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await (await connect(room)).sendMessage('theirs');
  await chat.sendMessage('mine');
  const own = await (await Message.withText(chat, 'mine')).toolbar();
  for (const name of ['Reply', 'Edit', 'Delete']) await expect(own.getByRole('button', { name })).toBeVisible();
  const foreign = await (await Message.withText(chat, 'theirs')).toolbar();
  await expect(foreign.getByRole('button', { name: 'Reply' })).toBeVisible();
  for (const name of ['Edit', 'Delete']) await expect(foreign.getByRole('button', { name })).toHaveCount(0);
  // Nor with the keys.
  await (await Message.withText(chat, 'theirs')).article.focus();
  await page.keyboard.press('e');
  await page.keyboard.press('Delete');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(chat.composer).toHaveValue('');
});

test('reactions are counted, named, and taken back', async ({ browser, page, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const ben = await second(browser, deployment, room);
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

test('any emoji is a reaction, and nothing else is', async ({ browser, page, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const ben = await second(browser, deployment, room);
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
  // It opens with the next frame.
  await expect(picker).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(picker).toBeHidden();
  await expect(his.article.locator('.reaction')).toHaveCount(2);
  await ben.page.context().close();
});

test('an answer quotes, and its quote leads to the message', async ({ page, deployment, room, connect }) => {
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

test('a quote leads to a message that is not loaded yet', async ({ page, deployment, room, connect }) => {
  const speaker = await connect(room);
  const { seq } = await speaker.sendMessage('long ago');
  for (let at = 0; at < 2 * messageLimit; at += 1) await speaker.sendMessage(`line ${at}`);
  speaker.send({ action: 'send', text: 'do you remember?', replyTo: seq, nonce: crypto.randomUUID() });

  const chat = await ChatPage.open(page, deployment, room);
  const quote = chat.messageWithText('do you remember?').locator('.message-quote');
  await expect(quote).toContainText('an earlier message');
  await quote.click();
  await expect(chat.messageWithText('long ago')).toBeFocused();
  await expect(chat.messageWithText('long ago')).toBeInViewport();
  await expect(quote).toContainText('long ago');
});

test('Escape ends an answer and leaves what was written', async ({ page, deployment, room, connect }) => {
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

test('everything is done with the keyboard alone', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await (await connect(room)).sendMessage('first');
  await chat.sendMessage('second');
  const [first, second] = [await Message.withText(chat, 'first'), await Message.withText(chat, 'second')];

  // The log is one stop before the composer, and arrows lead from there.
  await chat.composer.focus();
  for (let stops = 0; stops < 3; stops += 1) {
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

test.describe('with a finger', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 320, height: 640 } });

  test('a long press on a message brings its actions, and they are large enough', async ({ page, deployment, room }) => {
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
    await toolbar.getByRole('button', { name: 'React with ❤️' }).tap();
    await expect(message.reaction(/^❤️ 1/)).toBeVisible();
    await message.article.locator('.message-text').tap();
    await expect(page.getByRole('toolbar')).toHaveCount(0);
  });
});

test('without scripts, edits, deletions, reactions and quotes are there to be read', async ({ browser, deployment, room, connect }) => {
  const speaker = await connect(room);
  speaker.send({ action: 'rename', name: '"><img src=x>' });
  await speaker.next('welcome');
  const said = [await speaker.sendMessage('frist'), await speaker.sendMessage('a mistake')];
  speaker.send({ action: 'edit', seq: said[0]!['seq'], text: 'first' });
  await speaker.next('message');
  speaker.send({ action: 'react', seq: said[0]!['seq'], emoji: '🎉', on: true });
  await speaker.next('message');
  speaker.send({ action: 'delete', seq: said[1]!['seq'] });
  await speaker.next('message');
  speaker.send({ action: 'send', text: 'answer', replyTo: said[0]!['seq'], nonce: crypto.randomUUID() });
  await speaker.next('message');

  const context = await browser.newContext({ javaScriptEnabled: false });
  const chat = new ChatPage(await context.newPage());
  await chat.page.goto(deployment.pageUrl(room));
  await chat.expectMessages('first', 'answer');
  const edited = await Message.withText(chat, 'first');
  await edited.expectEdited();
  await expect(edited.reaction('🎉 1: "><img src=x>')).toBeVisible();
  await Message.withSeq(chat, said[1]!['seq']).expectDeleted();
  await expect(chat.messageWithText('answer').locator('.message-quote')).toContainText('first');
  await expect(chat.log.locator('img')).toHaveCount(0);
  await context.close();
});

test('an edit without a line is shown at once, and made when the line is mended', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('before');
  const message = await Message.withText(chat, 'before');
  const other = await connect(room);
  await proxy.disconnect();
  await chat.waitForState('offline');
  await message.clickAction('Edit');
  await chat.composer.fill('after');
  await chat.composer.press('Enter');
  await chat.expectMessages('after');
  await message.expectEdited();
  expect((await other.newestMessages())[0]).toMatchObject({ text: 'before' });
  proxy.restore();
  await chat.waitForState('live');
  expect(await other.next('message')).toMatchObject({ text: 'after', seq: await message.seq() });
  await chat.expectMessages('after');
});

test('who was cut off catches up on what was changed meanwhile', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  const other = await connect(room);
  const said = [await other.sendMessage('to be edited'), await other.sendMessage('to be deleted'), await other.sendMessage('to be liked')];
  await chat.expectMessages('to be edited', 'to be deleted', 'to be liked');
  await proxy.disconnect();
  await chat.waitForState('offline');
  const [edited, gone, liked] = said.map((message) => message['seq']);
  other.send({ action: 'edit', seq: edited, text: 'edited' });
  other.send({ action: 'delete', seq: gone });
  other.send({ action: 'react', seq: liked, emoji: '❤️', on: true });
  for (let at = 0; at < 3; at += 1) await other.next('message');
  await chat.expectMessages('to be edited', 'to be deleted', 'to be liked');
  proxy.restore();
  await chat.waitForState('live');
  await chat.expectMessages('edited', 'to be liked');
  await Message.withSeq(chat, edited).expectEdited();
  await Message.withSeq(chat, gone).expectDeleted();
  await expect(Message.withSeq(chat, liked).reaction(/^❤️ 1/)).toBeVisible();
});

test('a change that the server refuses is taken back, and told', async ({ page, deployment, room }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('mine');
  const message = await Message.withText(chat, 'mine');
  proxy.rejectNext('edit', 'notYours');
  await message.clickAction('Edit');
  await chat.composer.fill('not mine');
  await chat.composer.press('Enter');
  await expect(page.getByRole('alert')).toHaveText(/Not changed\. Only its author can change this message\./);
  await chat.expectMessages('mine');
});
