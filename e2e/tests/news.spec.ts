import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage, openSecondBrowser } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import type { WireClient } from '../support/wire_client.ts';

// What is new in other rooms shows without a reload: in the list of rooms, on the button that opens it, in the title.

/** The column of rooms beside the chat. */
const column = (page: Page) => page.getByRole('navigation', { name: 'Rooms' });
const badge = (page: Page, room: string) => column(page).getByRole('listitem').filter({ hasText: room }).locator('.room-badge');
/** The name of the room in the header, which opens the room dialog. */
const roomName = (page: Page) => page.getByRole('heading', { level: 1 }).getByRole('button');

/** Sends a message that mentions the visitor of a page, who wrote `mine` in the room of the socket before. */
async function mention(from: WireClient, mine: string): Promise<number> {
  const me = (await from.newestMessages()).find((message) => message['text'] === mine)!['author'];
  from.send({ action: 'send', text: `@${me.name} look`, mentions: [me], nonce: `mention-${Date.now()}` });
  let message;
  do message = await from.next('message');
  while (message['text'] !== `@${me.name} look`);
  return message['seq'];
}

test.describe('on a wide screen', () => {
  test.use({ viewport: { width: 1280, height: 800 } });

  test('messages and mentions in another room show at once', async ({ page, deployment, room, connect }) => {
    const away = `${room}-away`;
    const there = await ChatPage.open(page, deployment, away);
    await there.sendMessage('I was here');
    await expect(there.messages).toHaveAttribute('data-state', 'sent');
    await ChatPage.open(page, deployment, room);
    await expect(column(page).getByRole('link')).toHaveText([/lobby/, `#${room}`, `#${away}`]);
    await expect(page).toHaveTitle(`#${room} · Chat`);

    const ann = await connect(away);
    await ann.sendMessage('one');
    await expect(badge(page, away)).toHaveText('1');
    await ann.sendMessage('two');
    await expect(badge(page, away)).toHaveText('2');
    await expect(column(page).getByRole('link', { name: `${away} , 2 new messages` })).toBeVisible();
    await expect(page).toHaveTitle(`(2) #${room} · Chat`);
    await mention(ann, 'I was here');
    await expect(badge(page, away)).toHaveText('@3');
    await expect(column(page).getByRole('link', { name: `${away} , 3 new messages, you are mentioned` })).toBeVisible();
    await expectAccessible(page);
    await expect(page).toHaveTitle(`(@3) #${room} · Chat`);

    // The numbers are still there after a reload, and gone after the room was read.
    await page.reload();
    await expect(badge(page, away)).toHaveText('@3');
    await column(page).getByRole('link', { name: away }).click();
    await there.expectMessages('I was here', 'one', 'two', /look/ as never);
    await column(page).getByRole('link', { name: room }).filter({ hasNotText: away }).click();
    await expect(page).toHaveTitle(`#${room} · Chat`);
    await expect(badge(page, away)).toHaveCount(0);
  });

  test('a deleted message leaves no room unread', async ({ page, deployment, room, connect }) => {
    const away = `${room}-away`;
    await ChatPage.open(page, deployment, away);
    await ChatPage.open(page, deployment, room);
    const ann = await connect(away);
    await ann.sendMessage('stays');
    const { seq } = await ann.sendMessage('goes');
    await expect(badge(page, away)).toHaveText('2');
    ann.send({ action: 'delete', seq });
    await expect(badge(page, away)).toHaveText('1');
  });

  test('edits and own messages are no news', async ({ page, deployment, room, connect }) => {
    const away = `${room}-away`;
    const other = await page.context().newPage();
    const there = await ChatPage.open(other, deployment, away);
    await ChatPage.open(page, deployment, away);
    await ChatPage.open(page, deployment, room);
    await there.sendMessage('it is me');
    await expect(there.messages).toHaveAttribute('data-state', 'sent');
    const ann = await connect(away);
    const { seq } = await ann.sendMessage('hello');
    await expect(badge(page, away)).toHaveCount(0, { timeout: 10_000 });
    ann.send({ action: 'edit', seq, text: 'hallo' });
    await there.expectMessages('it is me', 'hallo');
    await expect(badge(page, away), 'the other window has read it').toHaveCount(0);
    await other.close();
  });

  test('a page that reconnects hears of other rooms again', async ({ page, context, deployment, room, connect }) => {
    const away = `${room}-away`;
    await ChatPage.open(page, deployment, away);
    const here = await ChatPage.open(page, deployment, room);
    const ann = await connect(away);
    await ann.sendMessage('before');
    await expect(badge(page, away)).toHaveText('1');
    await context.setOffline(true);
    await here.waitForState('offline');
    await ann.sendMessage('meanwhile');
    await context.setOffline(false);
    await here.waitForState('live');
    await expect(badge(page, away), 'watched again within 10 s').toHaveText('2', { timeout: 20_000 });
    await ann.sendMessage('after');
    await expect(badge(page, away)).toHaveText('3');
  });

  test('clicking through rooms moves none, and the lobby is listed', async ({ page, deployment, room }) => {
    for (const end of ['-c', '-a', '-b']) await ChatPage.open(page, deployment, room + end);
    const order = ['#lobby', `#${room}-a`, `#${room}-b`, `#${room}-c`];
    const links = column(page).getByRole('link');
    await expect(links).toHaveText(order);
    for (const end of ['-c', '-a', '-c']) {
      await column(page).getByRole('link', { name: room + end }).click();
      await new ChatPage(page).waitForState('live');
      await expect(page.locator('.rooms [aria-current=page]')).toHaveText(`#${room}${end}`);
      await expect(links).toHaveText(order);
    }
    await column(page).getByRole('listitem').filter({ hasText: 'lobby' }).hover();
    await expect(page.getByRole('button', { name: 'Take #lobby off the list' })).toHaveCount(0);
  });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test('the button of the room dialog has the number', async ({ page, deployment, room, connect }) => {
    const away = `${room}-away`;
    await ChatPage.open(page, deployment, away);
    await ChatPage.open(page, deployment, room);
    await expect(roomName(page).locator('.room-badge')).toBeHidden();
    await (await connect(away)).sendMessage('are you there?');
    await expect(roomName(page).locator('.room-badge')).toHaveText('1');
    await expect(roomName(page)).toContainText('New messages in other rooms');
    await expectAccessible(page);
  });
});

test('two people in two rooms see each other’s messages as news', async ({ page, browser, deployment, room }) => {
  await ChatPage.open(page, deployment, `${room}-b`);
  const mine = await ChatPage.open(page, deployment, `${room}-a`);
  const theirs = await openSecondBrowser(browser, deployment, `${room}-a`);
  await ChatPage.open(theirs.page, deployment, `${room}-b`);
  await theirs.sendMessage('from b');
  await expect(page).toHaveTitle(`(1) #${room}-a · Chat`);
  await mine.sendMessage('from a');
  await expect(theirs.page).toHaveTitle(`(1) #${room}-b · Chat`);
  await expect(mine.messages).toHaveCount(1);
  await theirs.page.context().close();
});

test.describe('notifications', () => {
  // Without a service worker, the page shows them.
  test.use({ serviceWorkers: 'block' });

  test('a mention in another room notifies while the page is hidden', async ({ page, deployment, room, connect }) => {
    const away = `${room}-away`;
    await page.context().grantPermissions(['notifications'], { origin: new URL(deployment.pageUrl(room)).origin });
    await page.addInitScript(() => {
      const shown: object[] = [];
      class Recorded extends EventTarget {
        static permission = 'granted';
        static requestPermission = async () => 'granted';
        constructor(title: string, options: NotificationOptions) {
          super();
          shown.push({ title, body: options.body });
        }
        close() {}
      }
      Object.assign(window, { Notification: Recorded, shown });
    });
    const there = await ChatPage.open(page, deployment, away);
    await there.sendMessage('I was here');
    await expect(there.messages).toHaveAttribute('data-state', 'sent');
    await ChatPage.open(page, deployment, room);
    await page.locator('.me').click();
    await page.getByRole('radio', { name: 'Every message' }).check();
    await page.keyboard.press('Escape');
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    const ann = await connect(away);
    await ann.sendMessage('to anybody');
    await expect(page).toHaveTitle(`(1) #${room} · Chat`);
    await mention(ann, 'I was here');
    await expect(page).toHaveTitle(`(@2) #${room} · Chat`);
    const shown = await page.evaluate(() => (window as any).shown);
    expect(shown).toEqual([{ title: `#${away} · Chat`, body: expect.stringMatching(/: @.* look$/) }]);
  });
});
