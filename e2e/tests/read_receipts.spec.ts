import type { Browser, Locator, Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { openPeople } from '../support/people.ts';

// A room shows who has read its messages, if somebody has switched that on.

const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
type Size = typeof wide;

/** A page reports every 10 s what was read. */
const reported = { timeout: 30_000 };

const switchName = 'Show who has read messages';
const seenBy = (page: Page) => page.getByRole('dialog', { name: 'Seen by' });
const line = (article: Locator) => article.getByRole('button', { name: /^Seen by \d/ });
const about = (page: Page) => page.getByRole('dialog', { name: 'About this room' });

/** Opens a room as another person with a name. */
async function openAs(browser: Browser, deployment: Deployment, room: string, name: string, viewport: Size): Promise<ChatPage> {
  const context = await browser.newContext({ locale: 'en-GB', viewport });
  await context.addCookies([{ name: 'name', value: encodeURIComponent(name), url: deployment.pageUrl('lobby') }]);
  const chat = await ChatPage.open(await context.newPage(), deployment, room);
  await expect(chat.page.locator('.me-name')).toHaveText(name);
  return chat;
}

/** Counts the frames about read receipts that a page sends from now on. */
function recordReceipts(page: Page): string[] {
  const sent: string[] = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const frame = JSON.parse(String(payload));
      if (frame.action === 'receipts' || frame.receipt) sent.push(frame.action);
    }),
  );
  return sent;
}

/** Switches receipts on in the new room that the page shows. */
async function switchOn(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).getByRole('button').click();
  await page.getByRole('dialog', { name: 'Rooms' }).getByRole('button', { name: 'About this room' }).click();
  await about(page).getByLabel(switchName).check();
  await expectAccessible(page);
  await about(page).getByRole('button', { name: 'Save' }).click();
  await expect(about(page)).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog[open]')).toHaveCount(0);
}

for (const [name, viewport] of [['phone', phone], ['desktop', wide]] as const) {
  test.describe(name, () => {
    test.use({ viewport });

    test('a room shows who has read once it is switched on', async ({ browser, deployment, room }) => {
      const ann = await openAs(browser, deployment, room, 'Ann', viewport);
      await switchOn(ann.page);
      const bea = await openAs(browser, deployment, room, 'Bea', viewport);
      await ann.sendMessage('one');
      const one = await Message.withText(ann, 'one');
      await expect(line(one.article)).toHaveText('Seen by 1', reported);
      await expect(line(bea.messages.first()), 'only authors see the line').toHaveCount(0);
      await expectAccessible(ann.page);

      // The line is under the newest message of the author, and leads to the names.
      await ann.sendMessage('two');
      const two = await Message.withText(ann, 'two');
      await expect(line(two.article)).toHaveText('Seen by 1', reported);
      await expect(line(one.article)).toHaveCount(0);
      await line(two.article).click();
      await expect(seenBy(ann.page).locator('.person-name')).toHaveText('Bea');
      await expectAccessible(ann.page);
      await ann.page.keyboard.press('Escape');
      await expect(seenBy(ann.page)).toBeHidden();

      // The menu of any message leads there, too.
      await (await Message.withText(bea, 'one')).clickAction('Seen by…');
      await expect(seenBy(bea.page)).toContainText('Nobody else');
      await bea.page.keyboard.press('Escape');

      // A page that is loaded asks once.
      const sent = recordReceipts(ann.page);
      await ann.page.reload();
      await ann.waitForState('live');
      await expect(line(two.article)).toHaveText('Seen by 1');
      expect(sent.filter((action) => action === 'receipts')).toHaveLength(1);
    });

    test('both people of a direct message switch it', async ({ browser, deployment, room }) => {
      const ann = await openAs(browser, deployment, room, 'Ann', viewport);
      const bea = await openAs(browser, deployment, room, 'Bea', viewport);
      await expect(ann.page.getByText('2 online')).toBeVisible();
      await openPeople(ann.page);
      await ann.page.getByRole('button', { name: 'New direct message' }).click();
      const dialog = ann.page.getByRole('dialog', { name: 'New direct message' });
      await dialog.getByRole('checkbox', { name: 'Bea' }).check();
      await dialog.getByRole('button', { name: 'Start' }).click();
      await expect(ann.page).toHaveURL(/\/r\/p-9/);
      await ann.waitForState('live');
      await bea.page.goto(ann.page.url());
      await bea.waitForState('live');

      const open = async ({ page }: ChatPage) => {
        await openPeople(page);
        await page.getByRole('button', { name: 'Members' }).click();
        return page.getByRole('dialog', { name: 'Members' }).getByLabel(switchName);
      };
      await (await open(bea)).check();
      await expectAccessible(bea.page);
      const there = await open(ann);
      await expect(there).toBeChecked();
      for (const { page } of [ann, bea]) await page.keyboard.press('Escape');
      await ann.sendMessage('hello');
      const hello = await Message.withText(ann, 'hello');
      await expect(line(hello.article)).toHaveText('Seen by 1', reported);

      await (await open(ann)).uncheck();
      await ann.page.keyboard.press('Escape');
      await expect(line(hello.article)).toHaveCount(0);
      await expect(ann.page).toHaveTitle(/^Bea · /);
    });
  });
}

test('a room shows nothing while it is off, and nothing is asked', async ({ browser, deployment, room }) => {
  const ann = await openAs(browser, deployment, room, 'Ann', wide);
  const sent = recordReceipts(ann.page);
  const bea = await openAs(browser, deployment, room, 'Bea', wide);
  await ann.page.reload();
  await ann.waitForState('live');
  await ann.sendMessage('one');
  await bea.expectMessages('one');
  await bea.sendMessage('two');
  await ann.expectMessages('one', 'two');
  const menu = await (await Message.withText(ann, 'one')).menu();
  await expect(menu.getByRole('button', { name: 'Copy text' })).toBeVisible();
  await expect(menu.getByRole('button', { name: 'Seen by…' })).toHaveCount(0);
  await ann.page.keyboard.press('Escape');
  await expect(line(ann.messages.first())).toHaveCount(0);
  expect(sent).toEqual([]);
});
