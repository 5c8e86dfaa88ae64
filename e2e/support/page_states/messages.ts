import { expect } from '@playwright/test';
import { ChatPage } from '../chat_page.ts';
import { imageUrl, personId } from '../images.ts';
import { expectEditing, Message } from '../message.ts';
import { picture, pressOnMessage, sendConversation, sendPicture, type PageStates } from './setup.ts';

/** States of the log, the messages and the composer. */
export const messageStates: PageStates = {
  'an empty room': {},
  'a conversation of two days with all Markdown': {
    before: async ({ page, ann, ben }) => {
      await sendConversation(ann, ben);
      await page.clock.install({ time: Date.now() + 24 * 60 * 60 * 1000 });
    },
    after: async ({ page, chat, proxy }) => {
      proxy.holdSends();
      await chat.sendMessage('A day later.');
      await expect(page.locator('.day')).toHaveText(['Yesterday', 'Today']);
    },
  },
  'more messages than are loaded': {
    before: async ({ ann }) => {
      for (let index = 0; index < 40; index += 1) await ann.sendMessage(`line ${index}`);
    },
    after: async ({ page }) => expect(page.getByRole('button', { name: 'Load older messages' })).toBeAttached(),
  },
  'a new message below the reader': {
    before: async ({ ann }) => {
      for (let index = 0; index < 29; index += 1) await ann.sendMessage(`line ${index}`);
    },
    after: async ({ chat, ann }) => {
      await chat.scrollToOldest();
      await ann.sendMessage('below');
      await expect(chat.newMessages).toBeVisible();
    },
  },
  'unread messages with a link to the first': {
    before: async ({ page, deployment, room, ann }) => {
      await ann.sendMessage('old');
      await (await ChatPage.open(page, deployment, room)).expectMessages('old');
      await page.goto('about:blank');
      for (let index = 0; index < 29; index += 1) await ann.sendMessage(`line ${index}`);
    },
    after: async ({ page }) => expect(page.locator('.news')).toBeVisible(),
  },
  'the unread line in view': {
    before: async ({ page, deployment, room, ann }) => {
      await ann.sendMessage('old');
      await (await ChatPage.open(page, deployment, room)).expectMessages('old');
      await page.goto('about:blank');
      await ann.sendMessage('new');
    },
    after: async ({ page }) => expect(page.locator('.new-line')).toBeVisible(),
  },
  'a mention of the visitor, and highlighted code': {
    after: async ({ page, chat, ann }) => {
      const you = await page.evaluate(() => JSON.parse(document.getElementById('page-state')!.textContent!).you);
      ann.send({ action: 'send', text: `@${you.name} look`, mentions: [you] });
      await expect(chat.messageWithText(`@${you.name} look`)).toHaveClass(/calling/);
      await ann.sendMessage('```rust\nfn main() { let knots = 3; // fast\n    println!("{knots}"); }\n```');
      await expect(page.locator('.hl-k').first()).toBeVisible();
    },
  },
  'the mention list': {
    after: async ({ page, chat, ann }) => {
      await ann.sendMessage('hi');
      await chat.expectMessages('hi');
      await chat.composer.pressSequentially('@');
      await expect(page.getByRole('listbox')).toBeVisible();
    },
  },
  'suggested emoji, and the format bar': {
    after: async ({ page, chat }) => {
      await page.getByRole('button', { name: 'Formatting' }).click();
      await expect(page.getByRole('toolbar', { name: 'Formatting' })).toBeVisible();
      await chat.composer.pressSequentially(':smi');
      await expect(page.getByRole('listbox', { name: 'Emoji' })).toBeVisible();
    },
  },
  'suggested commands': {
    after: async ({ page, chat }) => {
      await chat.composer.pressSequentially('/');
      await expect(page.getByRole('listbox', { name: 'Commands' })).toBeVisible();
    },
  },
  'a folded message and an unfolded one, with a button that copies code': {
    after: async ({ page, chat, ann }) => {
      const code = `\`\`\`\n${'let x = 1;\n'.repeat(30)}\`\`\``;
      for (const text of [code, `second\n${code}`]) await ann.sendMessage(text);
      await expect(page.locator('dialog.search')).toHaveCount(1);
      await chat.messages.last().getByText('Show more').click();
      await chat.messages.last().locator('pre').dispatchEvent('pointerover');
      await expect(page.getByRole('button', { name: 'Copy code' })).toBeVisible();
    },
  },
  'own and other reactions': {
    after: async ({ chat, ann, ben }) => {
      const { seq } = await ann.sendMessage('Cake?');
      for (const emoji of ['🎉', '👍']) ben.send({ action: 'react', seq, emoji, on: true });
      const message = await Message.withText(chat, 'Cake?');
      await message.reaction(/👍 1/).click();
      await expect(message.reaction(/👍 2/)).toHaveAttribute('aria-pressed', 'true');
    },
  },
  'a reply, and a reply being written': {
    after: async ({ page, chat, ann, ben }) => {
      const { seq } = await ann.sendMessage('Who comes?');
      ben.send({ action: 'send', text: 'I do.', replyTo: seq });
      await chat.expectMessages('Who comes?', 'I do.');
      await pressOnMessage(chat, 'I do.', 'r');
      await expect(page.getByText('Replying to')).toBeVisible();
      await chat.composer.fill('So do I');
    },
  },
  'an edited message, and an edit being written': {
    after: async ({ page, chat }) => {
      await chat.sendMessage('Helo');
      await pressOnMessage(chat, 'Helo', 'e');
      await expectEditing(page);
      await chat.composer.fill('Hello');
      await chat.send();
      await (await Message.withText(chat, 'Hello')).expectEdited();
      await pressOnMessage(chat, 'Hello', 'e');
      await expectEditing(page);
    },
  },
  'a deleted message': {
    after: async ({ page, chat }) => {
      await chat.sendMessage('Not for you');
      const message = await Message.withText(chat, 'Not for you');
      await pressOnMessage(chat, 'Not for you', 'Delete');
      await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await message.expectDeleted();
    },
  },
  'a pending message, and a failed one': {
    after: async ({ chat, proxy }) => {
      proxy.rejectNextSend('badField');
      await chat.sendMessage('refused');
      await expect(chat.messageWithText('refused')).toHaveAttribute('data-state', 'failed');
      proxy.holdSends();
      await chat.sendMessage('held back');
      await expect(chat.messageWithText('held back')).toHaveAttribute('data-state', 'pending');
    },
  },
  'the toolbar of an own message': {
    after: async ({ page, chat }) => {
      await chat.sendMessage('Mine');
      await (await Message.withText(chat, 'Mine')).article.focus();
      await expect(page.getByRole('toolbar').getByRole('button', { name: 'More actions' })).toBeVisible();
    },
  },
  'an image, and a missing image': {
    before: async ({ page, deployment, room, ann, ben }) => {
      await sendPicture(ann, deployment, room, 'a boat');
      await sendPicture(ben, deployment, room);
      await page.route(imageUrl(deployment, room, await personId(ben), '*'), (route) => route.abort());
    },
    after: async ({ page }) => expect(page.getByText('This image is not available any more').filter({ visible: true })).toHaveCount(1),
  },
  'attached images, and a rejected file': {
    after: async ({ page }) => {
      const files = [{ name: 'sea.png', mimeType: 'image/png', buffer: picture }, { name: 'a.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') }];
      await page.locator('input[type=file]').setInputFiles(files);
      await expect(page.getByRole('list', { name: 'Attached images' }).getByRole('img', { includeHidden: true })).toHaveCount(1);
      await expect(page.getByRole('alert')).toContainText('a.svg');
    },
  },
  'a text that is too long': {
    after: async ({ page, chat }) => {
      await chat.composer.fill('x'.repeat(4_001));
      await expect(page.getByText('1 character too long')).toBeVisible();
    },
  },
  'the typing indicator': {
    after: async ({ page, ann }) => {
      ann.send({ action: 'typing' });
      await expect(page.locator('.typing')).toHaveText(/ is typing…$/);
    },
  },
  'a moderator, and two people with the same name': {
    after: async ({ page, proxy, ann, ben }) => {
      for (const who of [ann, ben]) {
        who.send({ action: 'rename', name: 'Namesake' });
        await who.next('welcome');
        await who.sendMessage('It is me.');
      }
      const author = { id: 'mona', name: 'Mona', moderator: true };
      proxy.injectFrame({ type: 'message', seq: 9_000, rev: 9_000, author, nonce: 'n', text: 'Calm down.', sentAt: Date.now() });
      await expect(page.locator('.message .badge')).toBeVisible();
      await expect(page.locator('.message .tag')).toHaveCount(2);
    },
  },
  'a Japanese page': {
    locale: 'ja-JP',
    before: async ({ ann, ben }) => {
      await ann.sendMessage('おはようございます');
      await ben.sendMessage('**おはよう** `code`');
    },
    after: async ({ page }) => expect(page.locator('html')).toHaveAttribute('lang', 'ja'),
  },
};
