import type { Browser, Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test, type Deployment } from '../support/fixtures.ts';
import { Message } from '../support/message.ts';
import { openPeople } from '../support/people.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// Direct messages: conversations that are named by their people.

const wide = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };
type Size = typeof wide;

const roomName = (page: Page) => page.getByRole('heading', { level: 1 }).getByRole('button');
const roomDialog = (page: Page) => page.getByRole('dialog', { name: 'Rooms' });
const panel = (page: Page) => page.getByRole('complementary', { name: 'People here' });
const peopleDialog = (page: Page) => page.getByRole('dialog', { name: 'People here' });
const isDirect = /\/r\/p-9[a-z2-7]{19}$/;

/** Opens a room as another person with a name. */
async function openAs(browser: Browser, deployment: Deployment, room: string, name: string, viewport: Size): Promise<ChatPage> {
  const context = await browser.newContext({ locale: 'en-GB', viewport });
  await context.addCookies([{ name: 'name', value: encodeURIComponent(name), url: deployment.pageUrl('lobby') }]);
  const chat = await ChatPage.open(await context.newPage(), deployment, room);
  await expect(chat.page.locator('.me-name')).toHaveText(name);
  return chat;
}

/** Opens the list of people, and waits for it. */
async function showPeople(page: Page): Promise<void> {
  await openPeople(page);
  await expect(panel(page).or(peopleDialog(page))).toBeVisible();
}

/** Opens the direct message with a person from the list of people. */
async function message(page: Page, name: string, viewport: Size): Promise<void> {
  await showPeople(page);
  if (viewport === wide) {
    await panel(page).getByRole('button', { name }).click();
    const card = page.getByRole('dialog', { name });
    await expect(card.getByRole('button', { name: 'Message' })).toBeVisible();
    await expectAccessible(page);
    await card.getByRole('button', { name: 'Message' }).click();
  } else {
    await expectAccessible(page);
    await peopleDialog(page).getByRole('button', { name: `Message ${name}` }).click();
  }
  await expect(page).toHaveURL(isDirect);
  await new ChatPage(page).waitForState('live');
}

/** The list of direct messages: in the column, or on a phone in the dialog, which is open then. */
const directList = (page: Page) => page.getByRole('list', { name: 'Direct messages' });

for (const [name, viewport] of [['phone', phone], ['desktop', wide]] as const) {
  test.describe(name, () => {
    test.use({ viewport });

    test('two people talk, and the other one is told wherever they are', async ({ browser, deployment, room }) => {
      const ann = await openAs(browser, deployment, room, 'Ann Arbor', viewport);
      const bea = await openAs(browser, deployment, room, 'Bea Long', viewport);
      await expect(ann.page.getByText('2 online')).toBeVisible();
      await message(ann.page, 'Bea Long', viewport);
      await expect(roomName(ann.page)).toContainText('Bea Long');
      await expect(ann.page).toHaveTitle(/^Bea Long · /);
      await expect(ann.composer).toHaveAttribute('placeholder', 'Message Bea Long');
      await expect(ann.page.locator('body')).not.toContainText('p-9', { useInnerText: true });
      await expect(bea.page).toHaveTitle(new RegExp(`^#${room} · `));

      // The first message lists the conversation, and counts like a mention.
      await ann.sendMessage('hello Bea');
      await expect(bea.page).toHaveTitle(new RegExp(`^\\(@1\\) #${room} · `));
      if (viewport === phone) await roomName(bea.page).click();
      const link = directList(bea.page).getByRole('link', { name: 'Ann Arbor' });
      await expect(link).toHaveAccessibleName(/1 new message, you are mentioned/);
      await expectAccessible(bea.page);
      await link.click();
      await expect(bea.page).toHaveURL(ann.page.url());
      await bea.expectMessages('hello Bea');
      await expect(roomName(bea.page)).toContainText('Ann Arbor');
      await bea.sendMessage('hello Ann');
      await ann.expectMessages('hello Bea', 'hello Ann');

      // It is the same conversation after a reload and from the other side.
      await bea.page.reload();
      await bea.expectMessages('hello Bea', 'hello Ann');
      await expect(bea.page).toHaveTitle(/^Ann Arbor · /);
    });

    test('several people have a conversation of their own', async ({ browser, deployment, room }) => {
      const ann = await openAs(browser, deployment, room, 'Ann', viewport);
      const others = [await openAs(browser, deployment, room, 'Bea', viewport), await openAs(browser, deployment, room, 'Cy', viewport)];
      await expect(ann.page.getByText('3 online')).toBeVisible();
      await showPeople(ann.page);
      await ann.page.getByRole('button', { name: 'New direct message' }).click();
      const dialog = ann.page.getByRole('dialog', { name: 'New direct message' });
      await expect(dialog.getByRole('checkbox')).toHaveCount(2);
      await expect(dialog.getByRole('button', { name: 'Start' })).toHaveAttribute('aria-disabled', 'true');
      for (const person of ['Bea', 'Cy']) await dialog.getByRole('checkbox', { name: person }).check();
      await expectAccessible(ann.page);
      await dialog.getByRole('button', { name: 'Start' }).click();
      await expect(ann.page).toHaveURL(isDirect);
      await expect(roomName(ann.page)).toContainText('Bea, Cy');
      await ann.waitForState('live');
      await ann.sendMessage('all of you');
      for (const [place, other] of others.entries()) {
        const title = ['Ann, Cy', 'Ann, Bea'][place]!;
        if (viewport === phone) await roomName(other.page).click();
        await directList(other.page).getByRole('link', { name: title }).click();
        await other.expectMessages('all of you');
        await expect(other.page).toHaveTitle(new RegExp(`^${title} · `));
      }

      // Its people stay: the page offers no way to change them.
      await expect(ann.page.getByRole('button', { name: 'Invite people' })).toHaveCount(0);
      await showPeople(ann.page);
      await ann.page.getByRole('button', { name: 'Members' }).click();
      const members = ann.page.getByRole('dialog', { name: 'Members' });
      await expect(members).toContainText('Only these people see this conversation.');
      await expect(members.locator('.person')).toHaveCount(3);
      await expect(members.getByRole('button', { name: /Invite|Remove/ })).toHaveCount(0);
      await expectAccessible(ann.page);

      const stranger = await openAs(browser, deployment, room, 'Eve', viewport);
      expect((await stranger.page.goto(ann.page.url()))?.status()).toBe(404);
    });

    test('the author of a message can be written to after they left', async ({ browser, deployment, room }) => {
      const ann = await openAs(browser, deployment, room, 'Ann', viewport);
      const bea = await openAs(browser, deployment, room, 'Bea', viewport);
      await bea.sendMessage('good night');
      await expect(bea.messageWithText('good night')).toHaveAttribute('data-state', 'sent');
      await bea.page.context().close();
      await expect(ann.page.getByText('1 online')).toBeVisible();
      const goodNight = await Message.withText(ann, 'good night');
      await goodNight.clickAction('About the author');
      const card = ann.page.getByRole('dialog', { name: 'Bea' });
      await expectAccessible(ann.page);
      await card.getByRole('button', { name: 'Close' }).click();
      await expect(goodNight.article).toBeFocused();
      await goodNight.clickAction('About the author');
      await card.getByRole('button', { name: 'Message' }).click();
      await expect(ann.page).toHaveURL(isDirect);
      await ann.waitForState('live');
      await expect(roomName(ann.page)).toContainText('Bea');
    });

    test('a new name shows in the conversation', async ({ browser, deployment, room }) => {
      const ann = await openAs(browser, deployment, room, 'Ann', viewport);
      const bea = await openAs(browser, deployment, room, 'Bea', viewport);
      await expect(ann.page.getByText('2 online')).toBeVisible();
      await message(ann.page, 'Bea', viewport);
      await ann.sendMessage('hi');
      await bea.page.goto(ann.page.url());
      await bea.waitForState('live');
      await bea.page.locator('header .me').click();
      const profile = bea.page.getByRole('dialog').filter({ has: bea.page.getByLabel('Your name') });
      await profile.getByLabel('Your name').fill('Beatrix');
      await profile.getByLabel('Your name').press('Enter');
      await expect(ann.page).toHaveTitle(/^Beatrix · /);
      await expect(ann.composer).toHaveAttribute('placeholder', 'Message Beatrix');
    });
  });
}

test('who was chosen before is not chosen when the dialog is opened again', async ({ browser, deployment, room }) => {
  const ann = await openAs(browser, deployment, room, 'Ann', wide);
  for (const name of ['Bea', 'Cy']) await openAs(browser, deployment, room, name, wide);
  await expect(ann.page.getByText('3 online')).toBeVisible();
  await showPeople(ann.page);
  const dialog = ann.page.getByRole('dialog', { name: 'New direct message' });
  await ann.page.getByRole('button', { name: 'New direct message' }).click();
  await dialog.getByRole('checkbox', { name: 'Bea' }).check();
  await ann.page.keyboard.press('Escape');
  await ann.page.getByRole('button', { name: 'New direct message' }).click();
  await expect(dialog.getByRole('checkbox', { checked: true })).toHaveCount(0);
  await expect(dialog.getByRole('button', { name: 'Start' })).toHaveAttribute('aria-disabled', 'true');
});

test('a conversation that began while no page was open is in the list', async ({ browser, deployment, room }) => {
  const ann = await openAs(browser, deployment, room, 'Ann', wide);
  const bea = await openAs(browser, deployment, room, 'Bea', wide);
  await expect(ann.page.getByText('2 online')).toBeVisible();
  await message(ann.page, 'Bea', wide);
  await bea.page.goto('about:blank');
  await ann.sendMessage('are you there?');
  await expect(ann.messages).toHaveAttribute('data-state', 'sent');
  await ChatPage.open(bea.page, deployment, room);
  await expect(directList(bea.page).getByRole('link', { name: /Ann , 1 new message, you are mentioned/ })).toBeVisible();
  await expect(roomDialog(bea.page)).toHaveCount(0);
});

for (const [name, viewport] of [['phone', phone], ['desktop', wide]] as const) {
  test.describe(name, () => {
    test.use({ viewport });

    test('a conversation that was left returns with the next message', async ({ browser, deployment, room }) => {
      const ann = await openAs(browser, deployment, room, 'Ann', viewport);
      const bea = await openAs(browser, deployment, room, 'Bea', viewport);
      await expect(ann.page.getByText('2 online')).toBeVisible();
      await message(ann.page, 'Bea', viewport);
      await ann.sendMessage('hello');
      await bea.page.goto(ann.page.url());
      await bea.expectMessages('hello');
      await bea.waitForState('live');

      await showPeople(bea.page);
      await bea.page.getByRole('button', { name: 'Members' }).click();
      const members = bea.page.getByRole('dialog', { name: 'Members' });
      await members.getByRole('button', { name: 'Leave this conversation' }).click();
      await expectAccessible(bea.page);
      await members.getByRole('button', { name: /^Really leave/ }).click();
      await expect(bea.page).toHaveURL(deployment.pageUrl('lobby'));
      await bea.waitForState('live');
      if (viewport === phone) await roomName(bea.page).click();
      await expect(directList(bea.page).getByRole('link', { name: 'Ann' })).toHaveCount(0);
      await bea.page.reload();
      await bea.waitForState('live');
      if (viewport === phone) await roomName(bea.page).click();
      await expect(directList(bea.page).getByRole('link', { name: 'Ann' })).toHaveCount(0);

      await ann.sendMessage('come back');
      await directList(bea.page).getByRole('link', { name: /Ann/ }).click();
      await bea.expectMessages('hello', 'come back');
    });
  });
}

test('without a connection the page says that no conversation can be started', async ({ browser, deployment, room }) => {
  const ann = await openAs(browser, deployment, `${room}-before`, 'Ann', wide);
  const proxy = await SocketProxy.install(ann.page);
  await ChatPage.open(ann.page, deployment, room);
  await openAs(browser, deployment, room, 'Bea', wide);
  await expect(ann.page.getByText('2 online')).toBeVisible();
  await showPeople(ann.page);
  await panel(ann.page).getByRole('button', { name: 'Bea' }).click();
  await proxy.disconnect();
  const card = ann.page.getByRole('dialog', { name: 'Bea' });
  await expect(ann.page.locator('.chat')).not.toHaveAttribute('data-connection', 'live');
  await card.getByRole('button', { name: 'Message' }).click();
  await expect(ann.page.getByRole('alert')).toContainText('You are offline. Nothing can be changed right now.');
  await expect(ann.page).toHaveURL(deployment.pageUrl(room));
});
