import type { Browser } from '@playwright/test';
import { ChatPage, Line } from '../support/chat_page.ts';
import { Finger } from '../support/finger.ts';
import { expect, test, type Home } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { messageLimit } from '../support/settings.ts';

// Edits, deletions, reactions and answers as people meet them: in a browser, on both homes.

/** Somebody else, in a browser of their own. */
async function second(browser: Browser, home: Home, room: string): Promise<ChatPage> {
  return ChatPage.open(await (await browser.newContext({ locale: 'en-GB' })).newPage(), home, room);
}

/** What a page says of itself by its name. */
async function rename(chat: ChatPage, name: string): Promise<void> {
  await chat.page.locator('.me').click();
  await chat.page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await chat.page.getByRole('button', { name: 'Save' }).click();
  await expect(chat.page.locator('.me')).toContainText(name);
}

test('an edit is seen by everyone, and marked', async ({ browser, page, home, room }) => {
  const ann = await ChatPage.open(page, home, room);
  const ben = await second(browser, home, room);
  await ann.say('Hello Bne');
  const message = await Message.saying(ann, 'Hello Bne');
  const theirs = await Message.saying(ben, 'Hello Bne');

  await message.act('Edit');
  await expect(ann.composer).toBeFocused();
  await expect(ann.composer).toHaveValue('Hello Bne');
  await expect(page.getByText('Editing your message')).toBeVisible();
  await ann.composer.fill('Hello Ben');
  await page.getByRole('button', { name: 'Save' }).click();

  await ben.shows('Hello Ben');
  await theirs.isEdited();
  await message.isEdited();
  await expect(ann.composer).toHaveValue('');
  await ben.page.reload();
  await ben.shows('Hello Ben');
  await theirs.isEdited();
  await ben.page.context().close();
});

test('the arrow up in an empty composer edits the last own message, and Escape gives back what was written', async ({ page, home, room, wire }) => {
  const chat = await ChatPage.open(page, home, room);
  await chat.say('mine');
  await expect(chat.saying('mine')).toHaveAttribute('data-seq', /^\d+$/);
  await (await wire(room)).say('somebody else’s');
  await chat.shows('mine', 'somebody else’s');

  await chat.composer.press('ArrowUp');
  await expect(chat.composer).toHaveValue('mine');
  await chat.composer.press('Escape');
  await expect(chat.composer).toHaveValue('');

  // With something written, the arrow is an arrow, and the toolbar is the way.
  await chat.composer.fill('half a thought');
  await chat.composer.press('ArrowUp');
  await expect(chat.composer).toHaveValue('half a thought');
  await (await Message.saying(chat, 'mine')).act('Edit');
  await expect(chat.composer).toHaveValue('mine');
  await chat.composer.fill('mine, too');
  await chat.composer.press('Escape');
  await expect(chat.composer).toHaveValue('half a thought');
  await expect(chat.composer).toBeFocused();

  await (await Message.saying(chat, 'mine')).act('Edit');
  await expect(chat.composer).toHaveValue('mine');
  await chat.composer.fill('mine again');
  await chat.composer.press('Enter');
  await chat.shows('mine again', 'somebody else’s');
  await expect(chat.composer).toHaveValue('half a thought');
});

test('an edit is no draft: a reload in its middle brings back what was written before it', async ({ page, home, room }) => {
  const chat = await ChatPage.open(page, home, room);
  await chat.say('said');
  await chat.composer.fill('a draft');
  await (await Message.saying(chat, 'said')).act('Edit');
  await expect(chat.composer).toHaveValue('said');
  await chat.composer.fill('said otherwise');
  await page.reload();
  await chat.is('live');
  await expect(chat.composer).toHaveValue('a draft');
  await chat.shows('said');
});

test('an edit that changes nothing sends nothing', async ({ page, home, room, wire }) => {
  const chat = await ChatPage.open(page, home, room);
  await chat.say('as it is');
  const message = await Message.saying(chat, 'as it is');
  await message.act('Edit');
  await chat.composer.press('Enter');
  await expect(chat.composer).toHaveValue('');
  const other = await wire(room);
  await other.say('later');
  await chat.shows('as it is', 'later');
  await expect(message.article.locator('.message-edited')).toHaveCount(0);
  expect((await other.newest())[0]).not.toHaveProperty('editedAt');
});

test('a deletion is asked about, leaves its place, and stays over a reload', async ({ browser, page, home, room }) => {
  const ann = await ChatPage.open(page, home, room);
  const ben = await second(browser, home, room);
  await ann.say('a secret');
  const message = await Message.saying(ann, 'a secret');
  const theirs = await Message.saying(ben, 'a secret');

  await message.act('Delete');
  const dialog = page.getByRole('dialog', { name: 'Delete this message?' });
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toBeHidden();
  await ben.shows('a secret');

  await message.delete();
  await message.isGone();
  await expect(message.article).toBeFocused();
  await theirs.isGone();
  // Nothing can be done about it any more.
  await theirs.article.hover();
  await expect(ben.page.getByRole('toolbar')).toBeHidden();
  for (const chat of [ann, ben]) {
    await chat.page.reload();
    await chat.is('live');
  }
  await message.isGone();
  await theirs.isGone();
  await expect(page.getByText('a secret')).toHaveCount(0);
  await ben.page.context().close();
});

test('an edit to nothing asks whether the message is to go', async ({ page, home, room }) => {
  const chat = await ChatPage.open(page, home, room);
  await chat.say('too much');
  const message = await Message.saying(chat, 'too much');
  await message.act('Edit');
  await chat.composer.fill('');
  await chat.composer.press('Enter');
  await page.getByRole('dialog', { name: 'Delete this message?' }).getByRole('button', { name: 'Delete' }).click();
  await message.isGone();
});

test('what somebody else said can be answered, but neither edited nor deleted', async ({ page, home, room, wire }) => {
  const chat = await ChatPage.open(page, home, room);
  await (await wire(room)).say('theirs');
  await chat.say('mine');
  const own = await (await Message.saying(chat, 'mine')).toolbar();
  for (const name of ['Reply', 'Edit', 'Delete']) await expect(own.getByRole('button', { name })).toBeVisible();
  const foreign = await (await Message.saying(chat, 'theirs')).toolbar();
  await expect(foreign.getByRole('button', { name: 'Reply' })).toBeVisible();
  for (const name of ['Edit', 'Delete']) await expect(foreign.getByRole('button', { name })).toHaveCount(0);
  // Nor with the keys.
  await (await Message.saying(chat, 'theirs')).article.focus();
  await page.keyboard.press('e');
  await page.keyboard.press('Delete');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(chat.composer).toHaveValue('');
});

test('reactions are counted, named, and taken back', async ({ browser, page, home, room }) => {
  const ann = await ChatPage.open(page, home, room);
  const ben = await second(browser, home, room);
  await rename(ann, 'Ann');
  await rename(ben, 'Ben');
  await ann.say('shall we?');
  const [hers, his] = [await Message.saying(ann, 'shall we?'), await Message.saying(ben, 'shall we?')];

  await his.act('React with 👍');
  await expect(his.reaction('👍 1: Ben')).toHaveAttribute('aria-pressed', 'true');
  await expect(hers.reaction('👍 1: Ben')).toHaveAttribute('aria-pressed', 'false');
  await hers.reaction('👍 1: Ben').click();
  await expect(his.reaction('👍 2: Ben, Ann')).toHaveAttribute('title', 'Ben, Ann');
  await his.reaction('👍 2: Ben, Ann').click();
  await expect(hers.reaction('👍 1: Ann')).toHaveAttribute('aria-pressed', 'true');
  await hers.act('React with 👍');
  await expect(his.article.locator('.reaction')).toHaveCount(0);
  await ben.page.context().close();
});

test('any emoji is a reaction, and nothing else is', async ({ browser, page, home, room }) => {
  const ann = await ChatPage.open(page, home, room);
  const ben = await second(browser, home, room);
  await ann.say('guess');
  const [hers, his] = [await Message.saying(ann, 'guess'), await Message.saying(ben, 'guess')];
  const picker = page.getByRole('dialog', { name: 'More reactions' });
  const field = picker.getByRole('textbox', { name: 'Any other emoji' });

  await hers.act('More reactions');
  await field.fill('no');
  await field.press('Enter');
  await expect(field).toHaveJSProperty('validationMessage', 'Please enter one emoji.');
  await expect(picker).toBeVisible();
  await field.fill('👩🏽‍🚀');
  await field.press('Enter');
  await expect(picker).toBeHidden();
  await expect(his.reaction(/^👩🏽‍🚀 1/)).toBeVisible();

  await hers.act('More reactions');
  await picker.getByRole('button', { name: 'React with 🚀' }).click();
  await expect(his.reaction(/^🚀 1/)).toBeVisible();
  await hers.act('More reactions');
  // It opens with the next frame.
  await expect(picker).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(picker).toBeHidden();
  await expect(his.article.locator('.reaction')).toHaveCount(2);
  await ben.page.context().close();
});

test('an answer quotes, and its quote leads to the message', async ({ page, home, room, wire }) => {
  const chat = await ChatPage.open(page, home, room);
  const other = await wire(room);
  other.send({ action: 'rename', name: 'Ann' });
  await other.next('welcome');
  await other.say('Shall we go?\nOr stay?');
  const question = chat.messages.first();
  await new Message(chat, question).act('Reply');
  await expect(chat.composer).toBeFocused();
  await expect(page.getByText('Replying to Ann: Shall we go?')).toBeVisible();
  await chat.say('We go.');
  await expect(page.getByText('Replying to')).toHaveCount(0);
  const answer = await Message.saying(chat, 'We go.');
  for (let at = 0; at < 20; at += 1) await other.say(`and so on ${at}`);
  await expect(chat.saying('and so on 19')).toBeInViewport();

  await expect(answer.article.locator('.message-quote')).toHaveText(/^Ann:\s*Shall we go\?\s*Or stay\?$/);
  await answer.article.locator('.message-quote').click();
  await expect(question).toBeFocused();
  await expect(question).toBeInViewport();
  await expect(question).toHaveAttribute('data-found', '');
  expect((await other.newest()).find((message) => message['text'] === 'We go.')).toMatchObject({ replyTo: { author: { name: 'Ann' } } });
});

test('a quote leads to a message that is not loaded yet', async ({ page, home, room, wire }) => {
  const speaker = await wire(room);
  const { seq } = await speaker.say('long ago');
  for (let at = 0; at < 2 * messageLimit; at += 1) await speaker.say(`line ${at}`);
  speaker.send({ action: 'send', text: 'do you remember?', replyTo: seq, nonce: crypto.randomUUID() });

  const chat = await ChatPage.open(page, home, room);
  const quote = chat.saying('do you remember?').locator('.message-quote');
  await expect(quote).toContainText('an earlier message');
  await quote.click();
  await expect(chat.saying('long ago')).toBeFocused();
  await expect(chat.saying('long ago')).toBeInViewport();
  await expect(quote).toContainText('long ago');
});

test('Escape ends an answer and leaves what was written', async ({ page, home, room, wire }) => {
  const chat = await ChatPage.open(page, home, room);
  const other = await wire(room);
  await other.say('a question');
  await chat.composer.fill('an answer');
  await (await Message.saying(chat, 'a question')).act('Reply');
  await expect(page.getByText('Replying to')).toBeVisible();
  await chat.composer.press('Escape');
  await expect(page.getByText('Replying to')).toHaveCount(0);
  await chat.composer.press('Enter');
  await chat.shows('a question', 'an answer');
  await expect(chat.messages.locator('.message-quote')).toHaveCount(0);
});

test('everything is done with the keyboard alone', async ({ page, home, room, wire }) => {
  const chat = await ChatPage.open(page, home, room);
  await (await wire(room)).say('first');
  await chat.say('second');
  const [first, second] = [await Message.saying(chat, 'first'), await Message.saying(chat, 'second')];

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
  const third = await Message.saying(chat, 'third');
  await expect(third.article.locator('.message-quote')).toContainText('first');

  await second.article.focus();
  await page.keyboard.press('e');
  await expect(chat.composer).toHaveValue('second');
  await page.keyboard.press('End');
  await page.keyboard.type(' to none');
  await page.keyboard.press('Enter');
  await chat.shows('first', 'second to none', 'third');

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
  await second.isGone();
  await expect(second.article).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(third.article).toBeFocused();
});

test.describe('with a finger', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 320, height: 640 } });

  test('a long press on a message brings its actions, and they are large enough', async ({ page, home, room }) => {
    const chat = await ChatPage.open(page, home, room);
    await chat.say('one');
    await chat.say('press me');
    const message = await Message.saying(chat, 'press me');
    const finger = await Finger.of(page);
    await finger.down(message.article.locator('.message-text'));
    const toolbar = message.article.getByRole('toolbar');
    await expect(toolbar).toBeVisible();
    await finger.up();
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

test('without scripts, edits, deletions, reactions and quotes are there to be read', async ({ browser, home, room, wire }) => {
  const speaker = await wire(room);
  speaker.send({ action: 'rename', name: '"><img src=x>' });
  await speaker.next('welcome');
  const said = [await speaker.say('frist'), await speaker.say('a mistake')];
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
  await chat.page.goto(home.page(room));
  await chat.shows('first', 'answer');
  const edited = await Message.saying(chat, 'first');
  await edited.isEdited();
  await expect(edited.reaction('🎉 1: "><img src=x>')).toBeVisible();
  await Message.at(chat, said[1]!['seq']).isGone();
  await expect(chat.saying('answer').locator('.message-quote')).toContainText('first');
  await expect(chat.log.locator('img')).toHaveCount(0);
  await context.close();
});

test('an edit without a line is shown at once, and made when the line is mended', async ({ page, home, room, wire }) => {
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);
  await chat.say('before');
  const message = await Message.saying(chat, 'before');
  const other = await wire(room);
  await line.cut();
  await chat.is('offline');
  await message.act('Edit');
  await chat.composer.fill('after');
  await chat.composer.press('Enter');
  await chat.shows('after');
  await message.isEdited();
  expect((await other.newest())[0]).toMatchObject({ text: 'before' });
  line.mend();
  await chat.is('live');
  expect(await other.next('message')).toMatchObject({ text: 'after', seq: await message.seq() });
  await chat.shows('after');
});

test('who was cut off catches up on what was changed meanwhile', async ({ page, home, room, wire }) => {
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);
  const other = await wire(room);
  const said = [await other.say('to be edited'), await other.say('to be deleted'), await other.say('to be liked')];
  await chat.shows('to be edited', 'to be deleted', 'to be liked');
  await line.cut();
  await chat.is('offline');
  const [edited, gone, liked] = said.map((message) => message['seq']);
  other.send({ action: 'edit', seq: edited, text: 'edited' });
  other.send({ action: 'delete', seq: gone });
  other.send({ action: 'react', seq: liked, emoji: '❤️', on: true });
  for (let at = 0; at < 3; at += 1) await other.next('message');
  await chat.shows('to be edited', 'to be deleted', 'to be liked');
  line.mend();
  await chat.is('live');
  await chat.shows('edited', 'to be liked');
  await Message.at(chat, edited).isEdited();
  await Message.at(chat, gone).isGone();
  await expect(Message.at(chat, liked).reaction(/^❤️ 1/)).toBeVisible();
});

test('a change that the server refuses is taken back, and told', async ({ page, home, room }) => {
  const line = await Line.lay(page);
  const chat = await ChatPage.open(page, home, room);
  await chat.say('mine');
  const message = await Message.saying(chat, 'mine');
  line.refuseNext('edit', 'notYours');
  await message.act('Edit');
  await chat.composer.fill('not mine');
  await chat.composer.press('Enter');
  await expect(page.getByRole('alert')).toHaveText(/Not changed\. Only its author can change this message\./);
  await chat.shows('mine');
});
