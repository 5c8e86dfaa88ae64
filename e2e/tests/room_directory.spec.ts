import type { Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage, openSecondBrowser } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { openPeople } from '../support/people.ts';

// All open rooms of the chat in one dialog, favourites and muted rooms, and what hosts and members do for their private rooms.

const roomName = (page: Page) => page.getByRole('heading', { level: 1 }).getByRole('button');
const roomDialog = (page: Page) => page.getByRole('dialog', { name: 'Rooms' });
const directory = (page: Page) => page.getByRole('dialog', { name: 'All rooms' });
const filter = (page: Page) => directory(page).getByRole('searchbox');
const rooms = (page: Page) => directory(page).locator('.hit');

async function openDirectory(page: Page): Promise<void> {
  await roomName(page).click();
  await roomDialog(page).getByRole('button', { name: 'All rooms' }).click();
  await expect(directory(page)).toBeVisible();
}

for (const [size, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test.describe(size, () => {
    test.use({ viewport });

    test('all rooms lists rooms that were never visited, and Enter opens the first', async ({ page, deployment, room, connect }) => {
      const [cats, dogs, empty] = [`${room}-cats`, `${room}-dogs`, `${room}-empty`];
      const inCats = await connect(cats);
      inCats.send({ action: 'describe', details: { title: `Cats of ${room}`, topic: 'Whiskers and paws' } });
      await inCats.next('details');
      inCats.send({ action: 'send', text: 'meow' });
      await inCats.next('message');
      const inDogs = await connect(dogs);
      inDogs.send({ action: 'send', text: 'woof' });
      await inDogs.next('message');
      await connect(empty);

      await ChatPage.open(page, deployment, room);
      await openDirectory(page);
      await filter(page).fill(room);
      await expect(rooms(page)).toHaveCount(2);
      const row = rooms(page).filter({ hasText: `Cats of ${room}` });
      await expect(row).toContainText(cats);
      await expect(row).toContainText('Whiskers and paws');
      await expect(row).toContainText('1 online');
      await expectAccessible(page);

      await filter(page).fill(`whiskers ${room}`);
      await filter(page).press('Enter');
      await expect(page).toHaveURL(deployment.pageUrl(cats));
      await new ChatPage(page).waitForState('live');
      await new ChatPage(page).expectMessages('meow');
      await expect(directory(page)).toBeHidden();

      await openDirectory(page);
      await expect(filter(page)).toHaveValue('');
      await filter(page).fill(`${room} nothing like this`);
      await expect(directory(page)).toContainText('No room matches.');
      await filter(page).fill(dogs);
      await expect(rooms(page)).toHaveCount(1);
      await filter(page).press('ArrowDown');
      await expect(rooms(page).first()).toBeFocused();
      await rooms(page).first().press('ArrowUp');
      await expect(filter(page)).toBeFocused();
      await rooms(page).first().click();
      await expect(page).toHaveURL(deployment.pageUrl(dogs));
    });

    test('a private room is in the list of its members only', async ({ page, browser, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      await chat.sendMessage('open');
      await chat.expectMessages('open');
      await roomName(page).click();
      await roomDialog(page).getByRole('combobox').fill(`Secret ${room}`);
      await roomDialog(page).getByRole('option', { name: 'Create the private room' }).click();
      await expect(page).toHaveURL(/\/r\/p-[a-z0-9]{20}$/);
      await chat.waitForState('live');
      await chat.sendMessage('private');
      await chat.expectMessages('private');
      await openDirectory(page);
      await filter(page).fill(room);
      await expect(rooms(page)).toHaveText([new RegExp(`^Secret ${room}`), new RegExp(`^${room}`)]);
      await filter(page).fill(`Secret ${room}`);
      await expect(rooms(page)).toHaveText([new RegExp(`^Secret ${room}`)]);
      const { page: other } = await openSecondBrowser(browser, deployment, room);
      await openDirectory(other);
      await filter(other).fill(room);
      await expect(rooms(other)).toHaveText([new RegExp(`^${room}`)]);
      await filter(other).fill(`Secret ${room}`);
      await expect(directory(other)).toContainText('No room matches.');
    });

    test('a favourite is first, also after a reload', async ({ page, deployment, room }) => {
      const names = [`${room}-a`, `${room}-b`];
      await page.addInitScript((names) => localStorage.setItem('rooms', JSON.stringify(names)), names);
      await ChatPage.open(page, deployment, 'lobby');
      await roomName(page).click();
      const links = roomDialog(page).locator('.room-link .room-name');
      await expect(links).toHaveText(['lobby', ...names]);
      const star = roomDialog(page).getByRole('button', { name: `Favourite: #${names[1]}` });
      await expect(star).toHaveAttribute('aria-pressed', 'false');
      await star.click();
      await expect(star).toHaveAttribute('aria-pressed', 'true');
      await expect(star).toBeFocused();
      await expect(links).toHaveText([names[1]!, 'lobby', names[0]!]);
      await expect(roomDialog(page).getByRole('button', { name: `Take #${names[1]} off the list` })).toBeHidden();
      await expect(roomDialog(page).getByRole('button', { name: `Take #${names[0]} off the list` })).toBeVisible();
      await expectAccessible(page);
      await page.reload();
      await new ChatPage(page).waitForState('live');
      await roomName(page).click();
      await expect(links).toHaveText([names[1]!, 'lobby', names[0]!]);
      await star.click();
      await expect(links).toHaveText(['lobby', ...names]);
    });

    test('a muted room shows mentions only', async ({ page, deployment, room, connect }) => {
      const [muted, loudRoom, current] = [`${room}-muted`, `${room}-loud`, `${room}-here`];
      await page.addInitScript((names) => localStorage.setItem('rooms', JSON.stringify(names)), [muted, loudRoom]);
      await ChatPage.open(page, deployment, muted);
      await roomName(page).click();
      await roomDialog(page).getByRole('button', { name: 'Mute this room' }).click();
      await expect(roomDialog(page).getByRole('button', { name: 'Unmute this room' })).toBeVisible();
      await expect(roomDialog(page).getByRole('img', { name: 'Muted' })).toBeVisible();
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      const chat = await ChatPage.open(page, deployment, current);
      const you = await page.evaluate(async () => (await (await fetch(`/state/lobby`)).json()).you);
      await roomName(page).click();
      const row = roomDialog(page).locator('.room-row').filter({ hasText: muted });
      await expect(row).toBeVisible();

      const other = await connect(muted);
      other.send({ action: 'send', text: 'hello' });
      await other.next('message');
      const loud = await connect(loudRoom);
      loud.send({ action: 'send', text: 'hello' });
      await loud.next('message');
      // News of the other room arrive in order, so that of the muted one has arrived.
      await expect(roomDialog(page).locator('.room-row.unread')).toHaveCount(1);
      await expect(row).not.toHaveClass(/unread/);
      other.send({ action: 'send', text: `@${you.name} look`, mentions: [you] });
      await other.next('message');
      await expect(row).toHaveClass(/unread/);
      await expect(row.locator('.room-badge.mentioned')).toBeVisible();
      await chat.waitForState('live');
    });

    test('a host changes the title of a private room, and adds a person by their card', async ({ page, browser, deployment, room }) => {
      const chat = await ChatPage.open(page, deployment, room);
      await roomName(page).click();
      await roomDialog(page).getByRole('combobox').fill(`Plans ${room}`);
      await roomDialog(page).getByRole('option', { name: 'Create the private room' }).click();
      await expect(page).toHaveURL(/\/r\/p-[a-z0-9]{20}$/);
      const address = page.url();
      await chat.waitForState('live');
      await openPeople(page);
      await page.getByRole('button', { name: 'Members' }).click();
      const members = page.getByRole('dialog', { name: 'Members' });
      await members.getByRole('button', { name: 'About this room' }).click();
      const details = page.getByRole('dialog', { name: 'About this room' });
      await details.getByLabel('Title').fill(`Better plans ${room}`);
      await expectAccessible(page);
      await details.getByRole('button', { name: 'Save' }).click();
      await expect(roomName(page)).toContainText(`Better plans ${room}`);

      // Somebody in an open room.
      const other = await (await browser.newContext({ locale: 'en-GB', viewport })).newPage();
      const guest = await ChatPage.open(other, deployment, room);
      await guest.sendMessage('I am here');
      await page.goto(deployment.pageUrl(room));
      await chat.waitForState('live');
      await openPeople(page);
      const people = size === 'phone' ? page.getByRole('dialog', { name: 'People here' }) : page.getByRole('complementary', { name: 'People here' });
      await people.locator('.person-row').filter({ hasNotText: 'you' }).first().click();
      const card = page.locator('dialog.person-card');
      await card.getByLabel('Add to the private room').selectOption({ label: `Better plans ${room}` });
      await expectAccessible(page);
      await card.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(page.getByText(`The person is a member of #Better plans ${room} now.`)).toBeVisible();
      await other.goto(address);
      await guest.waitForState('live');
      await expect(roomName(other)).toContainText(`Better plans ${room}`);
      await other.context().close();
    });
  });
}
