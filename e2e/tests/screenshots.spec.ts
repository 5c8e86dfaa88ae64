import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';
import type { WireClient } from '../support/wire_client.ts';

// Pictures to be judged by eye, in shots/. What a machine can judge of them is asserted.

const sizes = { 'phone-320': [320, 640], 'phone-390': [390, 844], 'desktop-1280': [1280, 800] } as const;

type Stage = { chat: ChatPage; proxy: SocketProxy; people: [WireClient, WireClient]; elsewhere: WireClient; rooms: string[] };

const states: { [name: string]: (stage: Stage) => Promise<void> } = {
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
    const switcher = page.getByRole('dialog', { name: 'Rooms' });
    await expect(switcher.getByRole('link')).toHaveCount(1 + rooms.length);
    await expect(switcher.getByRole('link', { name: 'New messages' })).toBeVisible();
    await page.getByRole('textbox', { name: 'Name of a room' }).fill('What a room!');
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

for (const [size, [width, height]] of Object.entries(sizes)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test.describe(`${size} ${colorScheme}`, () => {
      test.use({ viewport: { width, height }, colorScheme });
      for (const [name, play] of Object.entries(states)) {
        test(`${name} fits the screen without a horizontal scroll bar`, async ({ page, deployment, room, connect }) => {
          const rooms = [`${room}-harbour`, 'lobby', 'a-room-with-a-name-that-is-as-long-as-the-name-of-a-room-can-be'];
          const stage = await open(page, deployment, room, rooms, await connect(rooms[0]!), [await connect(room), await connect(room)]);
          await play(stage);
          await page.screenshot({ path: `shots/${name}-${size}-${colorScheme}.png`, animations: 'disabled' });
          const [content, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
          expect(content).toBeLessThanOrEqual(screen!);
          await expect(stage.chat.composer).toBeInViewport({ ratio: 1 });
        });
      }
    });
  }
}

async function open(page: Page, deployment: Deployment, room: string, rooms: string[], elsewhere: WireClient, people: [WireClient, WireClient]): Promise<Stage> {
  const proxy = await SocketProxy.install(page);
  return { proxy, people, elsewhere, rooms, chat: await ChatPage.open(page, deployment, room) };
}
