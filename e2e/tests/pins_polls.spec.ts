import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { Message } from '../support/message.ts';
import { Moderation } from '../support/moderation.ts';
import { expect, localOnly, test, type Moderated } from '../support/moderation_fixtures.ts';

// Pinned messages, saved messages and polls, and the commands that lead to them.

const list = (page: Page, name: string) => page.getByRole('dialog', { name });

/** Opens a list from the search dialog. */
async function openList(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Search', exact: true }).first().click();
  await page.getByRole('dialog', { name: 'Search' }).getByRole('button', { name }).click();
  await expect(list(page, name)).toBeVisible();
}

async function close(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog[open]')).toHaveCount(0);
}

/** Sends enough messages that the first one is not on a newly loaded page. */
async function fillRoom({ mona }: Moderated, count: number): Promise<void> {
  for (let number = 1; number <= count; number++) await mona.chat.sendMessage(`filler ${number}`);
  await expect(mona.chat.messageWithText(`filler ${count}`)).toHaveAttribute('data-state', 'sent');
}

for (const [size, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(size, () => {
    test.use({ device: { viewport } });
    test.beforeEach(({ deploymentName }) => test.skip(deploymentName !== 'local', localOnly));

    test('a moderator pins a message, everybody finds it and goes there', async ({ moderated }) => {
      const { mona, openAsGuest } = moderated;
      await mona.chat.sendMessage('the **rules** of this room');
      await mona.chat.messages.first().waitFor();
      const pinned = Message.withSeq(mona.chat, 1);
      await pinned.clickAction('Pin to the room');
      await expect(pinned.article.getByText('📌 Pinned')).toBeVisible();
      await fillRoom(moderated, 40);
      const ben = await openAsGuest('Ben');
      await expect(ben.chat.log.locator('article[data-seq="1"]')).toHaveCount(0);
      await openList(ben.page, 'Pinned messages');
      const entry = list(ben.page, 'Pinned messages').getByRole('listitem');
      await expect(entry).toContainText('rules');
      await expect(entry.getByRole('button'), 'a guest may not unpin').toHaveCount(0);
      await expectAccessible(ben.page);
      await entry.getByRole('link').click();
      await expect(ben.chat.log.locator('article[data-seq="1"]')).toBeInViewport();
      await expect(ben.chat.log.locator('article[data-seq="1"]').getByText('📌 Pinned')).toBeVisible();
      await expectAccessible(ben.page);

      await openList(mona.page, 'Pinned messages');
      await list(mona.page, 'Pinned messages').getByRole('button', { name: 'Unpin' }).click();
      await expect(list(mona.page, 'Pinned messages')).toContainText('No message is pinned in this room.');
      await expect(ben.chat.log.getByText('📌 Pinned')).toHaveCount(0);
    });

    test('the rules of the room let everybody pin', async ({ moderated }) => {
      const { mona, openAsGuest } = moderated;
      const ben = await openAsGuest('Ben');
      await ben.chat.sendMessage('mine');
      const message = await Message.withText(ben.chat, 'mine');
      const menu = await message.menu();
      await expect(menu.getByRole('button', { name: 'Copy text' })).toBeVisible();
      await expect(menu.getByRole('button', { name: 'Pin to the room' })).toHaveCount(0);
      await ben.page.keyboard.press('Escape');
      await new Moderation(mona.chat).openRules();
      await mona.page.getByLabel('Everybody who can write can pin messages').check();
      await mona.page.getByRole('dialog', { name: 'Rules of this room' }).getByRole('button', { name: 'Save' }).click();
      await ben.chat.log.hover({ position: { x: 5, y: 5 } });
      await message.clickAction('Pin to the room');
      await expect(message.article.getByText('📌 Pinned')).toBeVisible();
      await message.clickAction('Unpin');
      await expect(message.article.getByText('📌 Pinned')).toHaveCount(0);
    });

    test('saved messages of all rooms are listed for oneself', async ({ moderated, room }) => {
      const { deployment, mona, openAsGuest } = moderated;
      await mona.chat.sendMessage('worth keeping');
      const ben = await openAsGuest('Ben');
      await (await Message.withText(ben.chat, 'worth keeping')).clickAction('Save for yourself');
      await expect(ben.page.getByText('Saved. The search shows your saved messages.')).toBeVisible();
      const other = await ChatPage.open(ben.page, deployment, `${room}-other`);
      await other.sendMessage('/saved');
      const dialog = list(ben.page, 'Saved messages');
      await expect(dialog.getByRole('listitem')).toContainText('worth keeping');
      await expect(dialog.getByRole('listitem')).toContainText(room);
      await expectAccessible(ben.page);
      await dialog.getByRole('link').click();
      await expect(ben.page).toHaveURL(new RegExp(`/r/${room}#m-1$`));
      await expect(ben.chat.log.locator('article[data-seq="1"]')).toBeVisible();

      await (await Message.withText(mona.chat, 'worth keeping')).delete();
      await openList(ben.page, 'Saved messages');
      await expect(dialog).toContainText('This message was deleted or has expired.');
      await dialog.getByRole('button', { name: 'Remove from the list' }).click();
      await expect(dialog).toContainText('You have saved no messages.');
      await openList(mona.page, 'Saved messages');
      await expect(list(mona.page, 'Saved messages')).toContainText('You have saved no messages.');
    });

    test('people vote in a poll until it is closed', async ({ moderated }) => {
      const { mona, openAsGuest } = moderated;
      const ben = await openAsGuest('Ben');
      await ben.chat.sendMessage('/poll When? | Today | 明日');
      const dialog = list(ben.page, 'New poll');
      await expect(dialog.getByLabel('Question')).toHaveValue('When?');
      await expect(ben.chat.composer).toHaveValue('');
      await expectAccessible(ben.page);
      await dialog.getByLabel('Options, one in each line').fill('Today');
      await dialog.getByRole('button', { name: 'Send' }).click();
      await expect(dialog.getByRole('status')).toHaveText('A poll needs a question and 2 to 20 different options of at most 70 characters.');
      await dialog.getByLabel('Options, one in each line').fill('Today\n明日\n');
      await dialog.getByRole('button', { name: 'Send' }).click();
      await expect(dialog).toBeHidden();

      const options = (chat: ChatPage) => chat.log.locator('.poll-option');
      await expect(options(mona.chat)).toHaveText(['Today0', '明日0']);
      await options(mona.chat).nth(0).click();
      await expect(options(mona.chat)).toHaveText(['Today1', '明日0']);
      await options(mona.chat).nth(1).click();
      await expect(options(ben.chat)).toHaveText(['Today0', '明日1']);
      await expect(options(mona.chat).nth(1)).toHaveAttribute('aria-pressed', 'true');
      await options(ben.chat).nth(1).click();
      await expect(options(mona.chat)).toHaveText(['Today0', '明日2']);
      await expect(mona.chat.log.locator('.poll .message-mark')).toHaveText('2 votes');
      await expectAccessible(mona.page);

      const reader = await mona.page.context().browser()!.newContext({ javaScriptEnabled: false, locale: 'en-GB' });
      const plain = await reader.newPage();
      await plain.goto(ben.page.url());
      await expect(plain.locator('.poll-option')).toHaveText(['Today0', '明日2']);
      await reader.close();

      await Message.withSeq(ben.chat, 1).clickAction('Close the poll');
      await expect(mona.chat.log.locator('.poll .message-mark')).toHaveText('2 votes, closed');
      await options(mona.chat).nth(0).click({ force: true });
      await ben.chat.sendMessage('done');
      await expect(mona.chat.messageWithText('done')).toBeVisible();
      await expect(options(mona.chat)).toHaveText(['Today0', '明日2']);
    });

    test('commands set the topic, invite, and show the pinned messages', async ({ moderated }) => {
      const { mona, openAsGuest } = moderated;
      await mona.chat.sendMessage('/topic Boats and ropes');
      await expect(mona.page.locator('.topic')).toHaveText('Boats and ropes');
      await expect(mona.chat.composer).toHaveValue('');
      await mona.chat.sendMessage('/invite');
      await expect(list(mona.page, 'Invite people')).toBeVisible();
      await close(mona.page);
      await mona.chat.sendMessage('/pins');
      await expect(list(mona.page, 'Pinned messages')).toContainText('No message is pinned in this room.');
      await close(mona.page);
      await mona.chat.sendMessage('hello');
      const ben = await openAsGuest('Ben');
      await ben.chat.sendMessage('/topic Cats');
      await expect(ben.page.getByRole('alert')).toBeVisible();
      await expect(mona.page.locator('.topic')).toHaveText('Boats and ropes');
    });
  });
}
