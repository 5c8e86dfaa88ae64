import { ChatPage, openSecondBrowser } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// Edits and deletions in a browser, on both deployments.

test('an edit reaches everyone and is marked', async ({ browser, page, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const ben = await openSecondBrowser(browser, deployment, room);
  await ann.sendMessage('Hello Bne');
  const message = await Message.withText(ann, 'Hello Bne');
  const theirs = await Message.withText(ben, 'Hello Bne');

  await message.startEdit();
  await expect(ann.composer).toBeFocused();
  await expect(ann.composer).toHaveValue('Hello Bne');
  await ann.composer.fill('Hello Ben');
  await page.getByRole('button', { name: 'Save', exact: true }).click();

  await ben.expectMessages('Hello Ben');
  await theirs.expectEdited();
  await message.expectEdited();
  await expect(ann.composer).toHaveValue('');
  await ben.page.reload();
  await ben.expectMessages('Hello Ben');
  await theirs.expectEdited();
  await ben.page.context().close();
});

test('ArrowUp edits the last own message, Escape restores the draft', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('mine');
  await expect(chat.messageWithText('mine')).toHaveAttribute('data-seq', /^\d+$/);
  await (await connect(room)).sendMessage('somebody else’s');
  await chat.expectMessages('mine', 'somebody else’s');

  await chat.composer.press('ArrowUp');
  await expect(chat.composer).toHaveValue('mine');
  await chat.composer.press('Escape');
  await expect(chat.composer).toHaveValue('');

  // With a draft, ArrowUp moves the caret, and the toolbar starts the edit.
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

test('a reload during an edit restores the draft', async ({ page, deployment, room }) => {
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

test('an edit without a change is not sent', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('as it is');
  const message = await Message.withText(chat, 'as it is');
  await message.startEdit();
  await chat.composer.press('Enter');
  await expect(chat.composer).toHaveValue('');
  const other = await connect(room);
  await other.sendMessage('later');
  await chat.expectMessages('as it is', 'later');
  await expect(message.article.locator('.message-edited')).toHaveCount(0);
  expect((await other.newestMessages())[0]).not.toHaveProperty('editedAt');
});

test('a deletion asks first, leaves a placeholder and persists', async ({ browser, page, deployment, room }) => {
  const ann = await ChatPage.open(page, deployment, room);
  const ben = await openSecondBrowser(browser, deployment, room);
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
  // A deleted message has no actions.
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

test('an empty edit asks to delete the message', async ({ page, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('too much');
  const message = await Message.withText(chat, 'too much');
  await message.startEdit();
  await chat.composer.fill('');
  await chat.composer.press('Enter');
  await page.getByRole('dialog', { name: 'Delete this message?' }).getByRole('button', { name: 'Delete' }).click();
  await message.expectDeleted();
});

test('messages of others can be replied to, but not changed', async ({ page, deployment, room, connect }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await (await connect(room)).sendMessage('theirs');
  await chat.sendMessage('mine');
  const own = await (await Message.withText(chat, 'mine')).menu();
  for (const name of ['Edit', 'Delete']) await expect(own.getByRole('button', { name })).toBeVisible();
  await page.keyboard.press('Escape');
  const theirs = await Message.withText(chat, 'theirs');
  await expect((await theirs.toolbar()).getByRole('button', { name: 'Reply' })).toBeVisible();
  const foreign = await theirs.menu();
  await expect(foreign.getByRole('button', { name: 'Copy text' })).toBeVisible();
  for (const name of ['Edit', 'Delete']) await expect(foreign.getByRole('button', { name })).toHaveCount(0);
  await page.keyboard.press('Escape');
  // Shortcuts do not change them, either.
  await (await Message.withText(chat, 'theirs')).article.focus();
  await page.keyboard.press('e');
  await page.keyboard.press('Delete');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(chat.composer).toHaveValue('');
});

test('an offline edit shows at once and is sent on reconnect', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('before');
  const message = await Message.withText(chat, 'before');
  const other = await connect(room);
  await proxy.disconnect();
  await chat.waitForState('offline');
  await message.startEdit();
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

test('a reconnecting page catches up on changes', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  const other = await connect(room);
  const sent = [await other.sendMessage('to be edited'), await other.sendMessage('to be deleted'), await other.sendMessage('to be liked')];
  await chat.expectMessages('to be edited', 'to be deleted', 'to be liked');
  await proxy.disconnect();
  await chat.waitForState('offline');
  const [edited, deleted, liked] = sent.map((message) => message['seq']);
  other.send({ action: 'edit', seq: edited, text: 'edited' });
  other.send({ action: 'delete', seq: deleted });
  other.send({ action: 'react', seq: liked, emoji: '❤️', on: true });
  for (let at = 0; at < 3; at += 1) await other.next('message');
  await chat.expectMessages('to be edited', 'to be deleted', 'to be liked');
  proxy.restore();
  await chat.waitForState('live');
  await chat.expectMessages('edited', 'to be liked');
  await Message.withSeq(chat, edited).expectEdited();
  await Message.withSeq(chat, deleted).expectDeleted();
  await expect(Message.withSeq(chat, liked).reaction(/^❤️ 1/)).toBeVisible();
});

test('a rejected edit is undone and reported', async ({ page, deployment, room }) => {
  const proxy = await SocketProxy.install(page);
  const chat = await ChatPage.open(page, deployment, room);
  await chat.sendMessage('mine');
  const message = await Message.withText(chat, 'mine');
  proxy.rejectNext('edit', 'notYours');
  await message.startEdit();
  await chat.composer.fill('not mine');
  await chat.composer.press('Enter');
  await expect(page.getByRole('alert')).toHaveText(/Not changed\. Only its author can change this message\./);
  await chat.expectMessages('mine');
});
