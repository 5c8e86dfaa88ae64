import { expect, type Page } from '@playwright/test';
import { ChatPage } from './chat_page.ts';
import type { Deployment } from './fixtures.ts';
import { SocketProxy } from './socket_proxy.ts';
import type { WireClient } from './wire_client.ts';

// Typical states of the page, for the layout test and for screenshots.

/** The viewports to check: width and height in CSS pixels. */
export const screenSizes = { 'phone-320': [320, 640], 'phone-390': [390, 844], 'desktop-1280': [1280, 800] } as const;

/** An open page, its socket proxy, two other people in its room, and a client in another room. */
export type Screen = { chat: ChatPage; proxy: SocketProxy; people: [WireClient, WireClient]; elsewhere: WireClient; rooms: string[] };

/** Opens a room's page and connects the other clients. */
export async function openScreen(page: Page, deployment: Deployment, room: string, connect: (room: string) => Promise<WireClient>): Promise<Screen> {
  const rooms = [`${room}-harbour`, 'lobby', 'a-room-with-a-name-that-is-as-long-as-the-name-of-a-room-can-be'];
  const elsewhere = await connect(rooms[0]!);
  const people: [WireClient, WireClient] = [await connect(room), await connect(room)];
  const proxy = await SocketProxy.install(page);
  return { proxy, people, elsewhere, rooms, chat: await ChatPage.open(page, deployment, room) };
}

/** States of the page, by name. Each function brings a newly opened page into its state. */
export const screenStates: { [name: string]: (screen: Screen) => Promise<void> } = {
  empty: async () => {},
  conversation: async ({ chat, people: [ann, ben] }) => {
    ann.send({ action: 'rename', name: 'Ann' });
    await ann.next('welcome');
    ben.send({ action: 'rename', name: 'Benedikt von und zu Hohenstein' });
    await ben.next('welcome');
    await ann.sendMessage('Good morning! Is the boat in the water yet?');
    await ann.sendMessage('I could come at ten.');
    await ben.sendMessage('Nearly. The rope is stuck, and so is https://example.org/a/very/long/address/without/any/space/in/it/at/all/1234567890');
    await ben.sendMessage('Bring a knife,\nand something to eat.');
    await ann.sendMessage('👍');
    await chat.sendMessage('I have both. On my way.');
    await expect(chat.messageWithText('I have both. On my way.')).toHaveAttribute('data-state', 'sent');
    await expect(chat.messages).toHaveCount(6);
  },
  rooms: async ({ chat: { page }, elsewhere, rooms }) => {
    await elsewhere.sendMessage('Is anybody at the harbour?');
    await page.evaluate((rooms) => localStorage.setItem('rooms', JSON.stringify(rooms)), rooms);
    await page.keyboard.press('Control+k');
    const roomDialog = page.getByRole('dialog', { name: 'Rooms' });
    await expect(roomDialog.getByRole('link')).toHaveCount(1 + rooms.length);
    await expect(roomDialog.getByRole('link', { name: 'new message' })).toBeVisible();
    await page.getByRole('combobox', { name: 'Name of a room' }).fill('What a room!');
    await page.keyboard.press('Enter');
  },
  column: async ({ chat, elsewhere, rooms, people: [ann] }) => {
    await elsewhere.sendMessage('Is anybody at the harbour?');
    await ann.sendMessage('They are all at the harbour.');
    await chat.page.evaluate((rooms) => localStorage.setItem('rooms', JSON.stringify(rooms)), rooms);
    await chat.page.keyboard.press('Control+k');
    await chat.page.keyboard.press('Escape');
    await expect(chat.page.locator('.room-row.unread')).not.toHaveCount(0);
  },
  search: async ({ chat: { page }, people: [ann] }) => {
    ann.send({ action: 'rename', name: 'Ann' });
    await ann.next('welcome');
    for (const text of ['The boat is in the water.', 'Has anybody seen the boat hook? It was on the boat yesterday, and I need it to get the rope off the buoy before the tide comes back.', 'A boat!']) await ann.sendMessage(text);
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('searchbox').fill('boat');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('dialog').getByRole('link')).toHaveCount(3);
  },
  'nothing-found': async ({ chat: { page } }) => {
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.getByRole('searchbox').fill('submarine');
    await page.keyboard.press('Enter');
    await expect(page.getByText('Nothing found.')).toBeVisible();
  },
  shortcuts: async ({ chat: { page, log } }) => {
    await log.focus();
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  },
  you: async ({ chat: { page } }) => {
    await page.locator('.me').click();
    await expect(page.getByRole('dialog', { name: 'You' })).toBeVisible();
  },
  offline: async ({ chat, proxy, people: [ann] }) => {
    await ann.sendMessage('Can you still hear me?');
    await chat.expectMessages('Can you still hear me?');
    await proxy.disconnect();
    await chat.waitForState('offline');
    await chat.sendMessage('In a moment.');
    await expect(chat.messageWithText('In a moment.')).toHaveAttribute('data-state', 'pending');
  },
  failed: async ({ chat, proxy, people: [ann] }) => {
    await ann.sendMessage('What did you say?');
    await chat.expectMessages('What did you say?');
    proxy.rejectNextSend('badField');
    await chat.sendMessage('Nothing arrives today.');
    await expect(chat.messageWithText('Nothing arrives today.')).toHaveAttribute('data-state', 'failed');
  },
};
