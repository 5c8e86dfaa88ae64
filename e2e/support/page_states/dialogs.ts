import { expect, type Page } from '@playwright/test';
import { ChatPage } from '../chat_page.ts';
import { Message } from '../message.ts';
import { becomeModerator, pressOnMessage, sendPicture, type PageStates } from './setup.ts';

/** The people in the room: a panel on wide windows, and a dialog on others. */
const peopleList = (page: Page) =>
  page.getByRole('dialog', { name: 'People here' }).or(page.getByRole('complementary', { name: 'People here' }));

/** States of the dialogs. */
export const dialogStates: PageStates = {
  'the people dialog': {
    after: async ({ page, ann }) => {
      ann.send({ action: 'hello' });
      await page.getByRole('button', { name: /online/ }).click();
      await expect(peopleList(page)).toBeVisible();
    },
  },
  'the room dialog with an unread room': {
    before: async ({ page, deployment, room, connect }) => {
      const other = `${room}-2`;
      await ChatPage.open(page, deployment, other);
      await page.goto('about:blank');
      await (await connect(other)).sendMessage('new there');
    },
    after: async ({ page }) => {
      await page.keyboard.press('Control+k');
      await expect(page.getByRole('dialog', { name: 'Rooms' }).getByRole('listitem')).toHaveCount(3);
    },
  },
  'search results': {
    after: async ({ page, chat, ann }) => {
      await ann.sendMessage('where is the boat?');
      await chat.expectMessages('where is the boat?');
      await page.getByRole('button', { name: 'Search' }).click();
      await expect(page.getByRole('searchbox')).toBeFocused();
      await page.keyboard.type('boat');
      await page.keyboard.press('Enter');
      await expect(page.locator('mark')).toHaveText('boat');
    },
  },
  'the shortcuts dialog': {
    after: async ({ page, chat }) => {
      await chat.log.focus();
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
    },
  },
  'the emoji picker': {
    after: async ({ page, chat, ann }) => {
      await ann.sendMessage('Well?');
      await chat.expectMessages('Well?');
      await pressOnMessage(chat, 'Well?', '+');
      await expect(page.getByRole('dialog', { name: 'More reactions' })).toBeVisible();
    },
  },
  'the menu of a message': {
    after: async ({ chat }) => {
      await chat.sendMessage('Which?');
      await (await Message.withText(chat, 'Which?')).menu();
    },
  },
  'the delete dialog': {
    after: async ({ page, chat }) => {
      await chat.sendMessage('Going?');
      await pressOnMessage(chat, 'Going?', 'Delete');
      await expect(page.getByRole('dialog', { name: 'Delete this message?' })).toBeVisible();
    },
  },
  'the profile dialog with an invalid name': {
    after: async ({ page }) => {
      await page.locator('.me').click();
      await page.getByRole('textbox', { name: 'Your name' }).fill('');
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByText('Please enter a name.')).toBeVisible();
    },
  },
  'the image viewer': {
    before: async ({ deployment, room, ann }) => sendPicture(ann, deployment, room, 'a boat'),
    after: async ({ page }) => {
      await page.getByRole('button', { name: 'Open image: a boat' }).click();
      await expect(page.getByRole('dialog', { name: 'Image' })).toBeVisible();
    },
  },
  'the person dialog': {
    after: async ({ page, proxy, ann }) => {
      ann.send({ action: 'hello' });
      await becomeModerator(page, proxy);
      await page.getByRole('button', { name: /online/ }).click();
      await page.getByRole('button', { name: /^Mute or ban / }).first().click();
      await expect(page.getByRole('dialog', { name: /^Mute or ban / })).toContainText(/can take part|could not be read/);
    },
  },
  'the people dialog of a moderator': {
    after: async ({ page, proxy }) => {
      await becomeModerator(page, proxy);
      await page.getByRole('button', { name: /online/ }).click();
      await expect(peopleList(page)).toBeVisible();
    },
  },
  'the room dialog with found rooms': {
    before: async ({ page, room }) => {
      await page.addInitScript((room) => localStorage.setItem('rooms', JSON.stringify([`${room}-cats`, `${room}-dogs`])), room);
    },
    after: async ({ page, room }) => {
      await page.locator('.room-switch').click();
      await page.getByRole('combobox').fill(`${room}-cat`);
      // The room that was visited, and the two ways to open another one.
      await expect(page.getByRole('option')).toHaveCount(3);
    },
  },
  'title and topic of a room': {
    after: async ({ page, proxy }) => {
      const details = { title: '猫 Cats', topic: 'Cats only: https://example.com', description: 'One\nhttps://example.com/two' };
      proxy.injectFrame({ type: 'details', details });
      await becomeModerator(page, proxy);
      proxy.injectFrame({ type: 'details', details });
      await page.locator('.room-switch').click();
      await page.getByRole('button', { name: 'About this room' }).click();
      await expect(page.getByRole('dialog', { name: 'About this room' }).getByRole('button', { name: 'Save' })).toBeVisible();
    },
  },
  'the details of a room, in Japanese': {
    locale: 'ja',
    after: async ({ page, proxy }) => {
      proxy.injectFrame({ type: 'details', details: { title: '猫 Cats', topic: '猫だけ', description: '説明' } });
      await page.locator('.room-switch').click();
      await page.getByRole('button', { name: 'このルームについて' }).click();
      await expect(page.getByRole('dialog', { name: 'このルームについて' })).toContainText('説明');
    },
  },
  'the rules dialog': {
    after: async ({ page, proxy }) => {
      await becomeModerator(page, proxy);
      await page.locator('.room-switch').click();
      await page.getByRole('button', { name: 'Rules of this room' }).click();
      await expect(page.getByRole('dialog', { name: 'Rules of this room' })).toBeVisible();
    },
  },
  'the audit dialog': {
    after: async ({ page, proxy }) => {
      await becomeModerator(page, proxy);
      await page.locator('.room-switch').click();
      await page.getByRole('button', { name: 'What moderators did' }).click();
      const by = { id: 'mona', name: 'Mona', moderator: true };
      proxy.injectFrame({ type: 'audit', more: true, entries: [{ at: 1_795_428_000_000, by, act: 'mute', person: 'ben', name: 'Ben', until: 1_795_429_000_000 }] });
      await expect(page.getByText('muted Ben (ben) until')).toBeVisible();
    },
  },
  'the privacy dialog': {
    after: async ({ page }) => {
      await page.locator('.me').click();
      await page.getByRole('button', { name: 'You and your data' }).click();
      await page.getByRole('button', { name: 'Delete everything I wrote…' }).click();
      await expect(page.getByRole('button', { name: 'Delete everything', exact: true })).toBeVisible();
    },
  },
};
