import type { Browser, Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { type Deployment, expect, test } from '../support/fixtures.ts';
import { png } from '../support/images.ts';
import { waitForPart } from '../support/on_demand.ts';
import { openPeople } from '../support/people.ts';

// Private rooms: only members see them.

const roomName = (page: Page) => page.getByRole('heading', { level: 1 }).getByRole('button');
const roomDialog = (page: Page) => page.getByRole('dialog', { name: 'Rooms' });
const membersDialog = (page: Page) => page.getByRole('dialog', { name: 'Members' });

/** Makes a private room in the room dialog. Returns its address. */
async function makePrivateRoom(page: Page, title: string): Promise<string> {
  await roomName(page).click();
  await roomDialog(page).getByRole('combobox').fill(title);
  const option = roomDialog(page).getByRole('option', { name: `Create the private room “${title}”` });
  await expect(option).toBeVisible();
  await expectAccessible(page);
  await option.click();
  await expect(page).toHaveURL(/\/r\/p-[a-z0-9]{20}$/);
  await new ChatPage(page).waitForState('live');
  await expect(roomName(page)).toContainText(title);
  await expect(roomName(page).getByRole('img', { name: 'Private' })).toBeVisible();
  return page.url();
}

/** Returns a new invitation to the room of the page. */
async function invitation(page: Page): Promise<string> {
  await page.locator('header').getByRole('button', { name: 'Invite people' }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite people' });
  await expect(dialog).toContainText('This link makes one person a member of this room.');
  const field = dialog.getByLabel('Link', { exact: true });
  await expect(field).toHaveValue(/\/join#[A-Za-z0-9_-]{24}$/);
  await expectAccessible(page);
  const link = await field.inputValue();
  await dialog.getByRole('button', { name: 'Close' }).click();
  return link;
}

async function openMembers(page: Page): Promise<void> {
  await openPeople(page);
  await page.getByRole('button', { name: 'Members' }).click();
  await expect(membersDialog(page)).toContainText('Only members see this room.');
}

for (const [name, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(name, () => {
    test.use({ viewport });

    test('a private room is made, joined with an invitation and lost', async ({ page, browser, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      const address = await makePrivateRoom(page, 'Secret plans');
      await chat.sendMessage('only for us');
      await expect(page.getByText('Beginning of #Secret plans')).toBeVisible();
      await expect(chat.composer).toHaveAttribute('placeholder', 'Message #Secret plans');

      const other = await (await browser.newContext({ locale: 'en-GB', viewport })).newPage();
      for (const missing of [address, deployment.pageUrl('p-zzzzzzzzzzzzzzzzzzzz')]) {
        const answer = await other.goto(missing);
        expect(answer?.status()).toBe(404);
        await expect(other.getByRole('heading', { level: 1 })).toHaveText('This room is private or does not exist');
        await expect(other.locator('body')).not.toContainText('only for us');
        await expectAccessible(other);
      }

      await other.goto(await invitation(page));
      await expect(other.getByRole('heading', { level: 1 })).toHaveText('You are invited to a private room');
      await expectAccessible(other);
      await other.getByRole('button', { name: 'Join the room' }).click();
      const guest = new ChatPage(other);
      await guest.waitForState('live');
      await expect(other, 'without an empty fragment').toHaveURL(address);
      await guest.expectMessages('only for us');
      await guest.sendMessage('thank you');
      await chat.expectMessages('only for us', 'thank you');

      await guest.composer.fill('half of a sentence');
      await openMembers(page);
      await expect(membersDialog(page).locator('.person')).toHaveCount(2);
      await expectAccessible(page);
      await membersDialog(page).getByRole('button', { name: /^Remove / }).click();
      await expect(membersDialog(page).locator('.person')).toHaveCount(1);
      await expect(other).toHaveURL(deployment.pageUrl('lobby'));
      await new ChatPage(other).waitForState('live');
      const notice = other.getByRole('alert');
      await expect(notice).toContainText('You are no longer a member of #Secret plans.');
      await expect(notice).toContainText('You had written: “half of a sentence”');
      await expect(guest.composer).toHaveValue('');
      await expectAccessible(other);
      expect((await other.goto(address))?.status()).toBe(404);
    });

    test('a private room that somebody lost is not offered any more', async ({ page, browser, deployment, room }) => {
      await ChatPage.open(page, deployment, room);
      await makePrivateRoom(page, 'Secret plans');
      const other = await (await browser.newContext({ locale: 'en-GB', viewport })).newPage();
      await other.goto(await invitation(page));
      await other.getByRole('button', { name: 'Join the room' }).click();
      await new ChatPage(other).waitForState('live');
      const address = other.url();
      await ChatPage.open(other, deployment, `${room}-b`);

      await other.keyboard.press('Control+k');
      await expect(roomDialog(other).getByRole('link', { name: 'Secret plans' })).toBeVisible();
      await roomDialog(other).getByRole('combobox').fill('secret');
      const option = roomDialog(other).getByRole('option', { name: 'Secret plans', exact: true });
      await expect(option).toBeVisible();
      await openMembers(page);
      await membersDialog(page).getByRole('button', { name: /^Remove / }).click();
      await expect(option).toHaveCount(0);
      await expect(roomDialog(other).getByRole('option').first(), 'what is typed stays').toContainText('secret');
      await expectAccessible(other);
      await roomDialog(other).getByRole('combobox').fill('');
      await expect(roomDialog(other).getByRole('link', { name: `${room}-b` })).toBeVisible();
      await expect(roomDialog(other).getByRole('link', { name: 'Secret plans' })).toHaveCount(0);
      expect((await other.goto(address))?.status()).toBe(404);
    });

    test('a member who is elsewhere can be mentioned', async ({ page, browser, deployment, room }) => {
      await ChatPage.open(page, deployment, room);
      await makePrivateRoom(page, 'Secret plans');
      const other = await openAs(browser, deployment, `${room}-b`, 'Zoe Quill');
      await other.page.goto(await invitation(page));
      await other.page.getByRole('button', { name: 'Join the room' }).click();
      await other.waitForState('live');
      await ChatPage.open(other.page, deployment, `${room}-b`);
      await page.reload();
      const chat = new ChatPage(page);
      await chat.waitForState('live');
      await expect(page.getByText('1 online')).toBeVisible();
      await waitForPart(page);
      await chat.composer.pressSequentially('look @');
      const option = page.getByRole('option', { name: 'Zoe Quill' });
      await expect(option).toBeVisible();
      await expectAccessible(page);
      await chat.composer.pressSequentially('qui');
      await page.keyboard.press('Enter');
      await expect(chat.composer).toHaveValue('look @Zoe Quill ');
      await chat.send();
      await chat.expectMessages('look @Zoe Quill');
      await expect(other.page.locator('.room-switch .room-badge')).toHaveText('@1');
    });

    test('several private rooms keep their titles', async ({ page, deployment, room }) => {
      await ChatPage.open(page, deployment, room);
      const titles = ['First plans', 'Second plans', 'Third plans'];
      for (const title of titles) await makePrivateRoom(page, title);
      for (const load of [false, true]) {
        if (load) await ChatPage.open(page, deployment, room);
        await page.keyboard.press('Control+k');
        for (const title of titles) {
          await expect(page.getByRole('dialog', { name: 'Rooms' }).getByRole('link', { name: title })).toHaveCount(1);
        }
        await page.keyboard.press('Escape');
      }
    });

    test('a member leaves a private room', async ({ page, deployment, room }) => {
      await ChatPage.open(page, deployment, room);
      const address = await makePrivateRoom(page, 'Short-lived');
      await openMembers(page);
      await membersDialog(page).getByRole('button', { name: 'Leave this room' }).click();
      await membersDialog(page).getByRole('button', { name: /^Really leave/ }).click();
      await expect(page).toHaveURL(deployment.pageUrl('lobby'));
      await new ChatPage(page).waitForState('live');
      await expect(page.getByRole('alert')).toHaveCount(0);
      await expect(page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'Short-lived' })).toHaveCount(0);
      expect((await page.goto(address))?.status()).toBe(404);
    });
  });
}

/** Opens a room as a new person with a name. */
async function openAs(browser: Browser, deployment: Deployment, room: string, name: string): Promise<ChatPage> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 } });
  await context.addCookies([{ name: 'name', value: encodeURIComponent(name), url: deployment.pageUrl('lobby') }]);
  const chat = await ChatPage.open(await context.newPage(), deployment, room);
  await waitForPart(chat.page);
  return chat;
}

const listedRoom = (page: Page, title: string) => page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: title });

/** Adds a person of the panel to a private room, in their card. `before` is done while the card is open. */
async function addToRoom(page: Page, person: string, title: string, before?: () => Promise<unknown>): Promise<void> {
  await page.getByRole('complementary', { name: 'People here' }).getByRole('button', { name: person }).click();
  const card = page.getByRole('dialog', { name: person });
  await card.getByLabel('Add to the private room').selectOption({ label: title });
  await before?.();
  await card.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByText(`The person is a member of #${title} now.`)).toBeVisible();
}

test('a person who is added to a private room sees it at once, and after they were away', async ({ browser, deployment, room }) => {
  const olga = await openAs(browser, deployment, room, 'Olga Novak');
  const title = 'Budget plans';
  const address = await makePrivateRoom(olga.page, title);
  await ChatPage.open(olga.page, deployment, room);
  const kenji = await openAs(browser, deployment, room, 'Kenji Mori');
  const away = await openAs(browser, deployment, room, 'Wim Away');
  await expect(olga.page.getByText('3 online')).toBeVisible();
  await expect(listedRoom(kenji.page, title)).toHaveCount(0);

  // The room has no message yet.
  await openPeople(olga.page);
  await addToRoom(olga.page, 'Kenji Mori', title);
  await expect(listedRoom(kenji.page, title)).toHaveAccessibleName(/new messages/i);
  await expect(kenji.page.locator('body')).not.toContainText(/p-[a-z0-9]{20}/, { useInnerText: true });
  await expectAccessible(kenji.page);
  await addToRoom(olga.page, 'Wim Away', title, async () => away.page.goto('about:blank'));
  await olga.page.goto(address);
  await olga.waitForState('live');
  await olga.sendMessage('these are the numbers');
  await expect(listedRoom(kenji.page, title)).toHaveAccessibleName(/1 new message/);
  await expect(kenji.page).toHaveTitle(new RegExp(`^\\(1\\) #${room} · `));
  await kenji.page.reload();
  await kenji.waitForState('live');
  await expect(listedRoom(kenji.page, title)).toHaveAccessibleName(/1 new message/);
  await listedRoom(kenji.page, title).click();
  await expect(kenji.page).toHaveURL(address);
  await kenji.expectMessages('these are the numbers');

  await ChatPage.open(away.page, deployment, room);
  await expect(listedRoom(away.page, title)).toHaveAccessibleName(/1 new message/);
});

test('a private room that is made in one tab has its title in another one', async ({ page, context, deployment, room }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const other = await context.newPage();
  await other.setViewportSize({ width: 1280, height: 800 });
  await ChatPage.open(other, deployment, room);
  await waitForPart(other);
  await ChatPage.open(page, deployment, room);
  await makePrivateRoom(page, 'Two tabs');
  await expect(listedRoom(other, 'Two tabs')).toBeVisible();
  await expect(other.locator('body')).not.toContainText(/p-[a-z0-9]{20}/, { useInnerText: true });
});

test('a private room that was taken off the list is found again', async ({ page, deployment, room }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await ChatPage.open(page, deployment, room);
  const address = await makePrivateRoom(page, 'Hidden plans');
  const chat = await ChatPage.open(page, deployment, room);
  const link = page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: 'Hidden plans' });
  await link.hover();
  await page.getByRole('button', { name: 'Take #Hidden plans off the list' }).click();
  await expect(link).toHaveCount(0);
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('button', { name: 'Undo' }).click();
  await expect(link).toHaveCount(1);
  expect(await page.evaluate(() => localStorage.getItem('hidden-rooms'))).toBe('[]');
  await link.hover();
  await page.getByRole('button', { name: 'Take #Hidden plans off the list' }).click();
  await expect(link).toHaveCount(0);
  await page.reload();
  await chat.waitForState('live');
  await page.keyboard.press('Control+k');
  await roomDialog(page).getByRole('combobox').fill('hidden');
  await expect(roomDialog(page).getByRole('option', { name: 'Hidden plans', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(link, 'it stays off the list').toHaveCount(0);
  await page.keyboard.press('Control+k');
  await roomDialog(page).getByRole('button', { name: 'All rooms' }).click();
  await page.getByRole('dialog', { name: 'All rooms' }).getByRole('link', { name: 'Hidden plans' }).click();
  await expect(page).toHaveURL(address);
});

test('an image of a private room is for its members', async ({ page, browser, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  await makePrivateRoom(page, 'Pictures');
  const file = { name: 'a.png', mimeType: 'image/png', buffer: png(320, 200) };
  await page.locator('input[type=file]').setInputFiles([file, file]);
  await expect(page.getByRole('list', { name: 'Attached images' }).getByRole('listitem')).toHaveCount(2);
  await chat.send();
  const images = chat.messages.locator('.message-image img');
  const image = images.first();
  await expect.poll(() => image.evaluate((drawn: HTMLImageElement) => drawn.complete && drawn.naturalWidth)).toBeGreaterThan(0);
  // The page shows its own file until it is loaded again.
  await expect(chat.messages).toHaveAttribute('data-state', 'sent');
  await page.reload();
  await expect(image).toHaveAttribute('src', /\/images\//);
  await expect.poll(() => image.evaluate((drawn: HTMLImageElement) => drawn.complete && drawn.naturalWidth)).toBeGreaterThan(0);
  const address = await image.evaluate((drawn: HTMLImageElement) => drawn.src);
  expect(address).toMatch(/\/images\/[^/]+\/p-[a-z0-9]{20}\//);
  const addresses = await images.evaluateAll((drawn) => drawn.map((image) => (image as HTMLImageElement).src));
  expect(addresses).toEqual([address, `${address}=1`]);
  const stranger = await browser.newContext();
  for (const address of addresses) {
    const own = await page.request.get(address);
    expect([own.status(), own.headers()['cache-control']]).toEqual([200, 'private, max-age=3600']);
    const answer = await stranger.request.get(address);
    const missing = await stranger.request.get(address.replace(/p-.{20}/, 'p-zzzzzzzzzzzzzzzzzzzz'));
    expect([answer.status(), missing.status()]).toEqual([404, 404]);
    expect(await answer.text()).toBe(await missing.text());
  }
});

test('a private room of another window is in the list', async ({ page, context, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  const other = await context.newPage();
  await ChatPage.open(other, deployment, room);
  await makePrivateRoom(other, 'Two windows');
  await page.evaluate(() => localStorage.removeItem('rooms'));
  await roomName(page).click();
  await expect(roomDialog(page).getByRole('link', { name: 'Two windows' })).toBeVisible();
});
