import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { Message } from '../support/message.ts';
import { expect, localOnly, test } from '../support/moderation_fixtures.ts';
import { openPeople } from '../support/people.ts';

// The switch of read receipts, and the line under a message, on a page that goes from room to room or is scrolled.

test.use({ device: { viewport: { width: 1280, height: 800 } } });
test.beforeEach(({ deploymentName }) => test.skip(deploymentName !== 'local', localOnly));

const switchName = 'Show who has read messages';
const about = (page: Page) => page.getByRole('dialog', { name: 'About this room' });
const members = (page: Page) => page.getByRole('dialog', { name: 'Members' });
const column = (page: Page) => page.getByRole('navigation', { name: 'Rooms' });

/** Opens the details of the room, and returns the switch. */
async function openAbout(page: Page) {
  await page.getByRole('heading', { level: 1 }).getByRole('button').click();
  await page.getByRole('dialog', { name: 'Rooms' }).getByRole('button', { name: 'About this room' }).click();
  await expect(about(page)).toBeVisible();
  return about(page).getByLabel(switchName);
}

/** Opens the members of the direct message, and returns the switch. */
async function openMembers(page: Page) {
  await openPeople(page);
  await page.getByRole('button', { name: 'Members' }).click();
  await expect(members(page)).toBeVisible();
  return members(page).getByLabel(switchName);
}

async function closeDialogs(page: Page): Promise<void> {
  for (let open = await page.locator('dialog[open]').count(); open > 0; open -= 1) await page.keyboard.press('Escape');
  await expect(page.locator('dialog[open]')).toHaveCount(0);
}

/** Marks the page, so that a test sees whether it is the same one later. */
const mark = (page: Page) => page.evaluate(() => Object.assign(window, { marker: 'same page' }));
const isSamePage = (page: Page) => page.evaluate(() => 'marker' in window);

test('the switch follows the room that the page shows', async ({ moderated, room }) => {
  const { deployment, mona: { page } } = moderated;
  const [shown, quiet] = [`${room}-shown`, `${room}-quiet`];
  const open = async (name: string) => {
    await column(page).locator(`a[href="/r/${name}"]`).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(`#${name}`);
  };
  await ChatPage.open(page, deployment, quiet);
  await ChatPage.open(page, deployment, shown);
  await mark(page);
  await (await openAbout(page)).check();
  await about(page).getByRole('button', { name: 'Save' }).click();
  await expect(about(page)).toBeHidden();
  await closeDialogs(page);
  for (const [name, isOn] of [[quiet, false], [shown, true], [quiet, false]] as const) {
    await open(name);
    await expect(await openAbout(page)).toBeChecked({ checked: isOn });
    await closeDialogs(page);
  }
  expect(await isSamePage(page)).toBe(true);
  // What is saved of one room is what its switch shows.
  await open(shown);
  await openAbout(page);
  await about(page).getByLabel('Topic').fill('Cats');
  await about(page).getByRole('button', { name: 'Save' }).click();
  await expect(about(page)).toBeHidden();
  await closeDialogs(page);
  await page.reload();
  await expect(await openAbout(page)).toBeChecked();
  await closeDialogs(page);
  // What was not saved is forgotten in the next room.
  await (await openAbout(page)).uncheck();
  await closeDialogs(page);
  await open(quiet);
  await (await openAbout(page)).check();
  await closeDialogs(page);
  await open(shown);
  await expect(await openAbout(page)).toBeChecked();
});

test('the switch follows the direct message that the page shows', async ({ moderated }) => {
  const { mona: { page, chat }, openAsGuest } = moderated;
  const rooms: string[] = [];
  for (const name of ['Bea', 'Cy']) {
    await openAsGuest(name);
    if (rooms.length > 0) await page.goBack();
    await chat.waitForState('live');
    await openPeople(page);
    await page.getByRole('button', { name: 'New direct message' }).click();
    const dialog = page.getByRole('dialog', { name: 'New direct message' });
    await dialog.getByRole('checkbox', { name }).check();
    await dialog.getByRole('button', { name: 'Start' }).click();
    await expect(page).toHaveURL(/\/r\/p-9/);
    await chat.waitForState('live');
    await chat.sendMessage(`hello ${name}`);
    rooms.push(new URL(page.url()).pathname);
  }
  await mark(page);
  const open = async (path: string, name: string) => {
    await column(page).locator(`a[href="${path}"]`).click();
    await expect(page.getByRole('heading', { level: 1 })).toContainText(name);
  };
  await (await openMembers(page)).check();
  await expect(members(page).getByRole('listitem').first()).toBeVisible();
  await closeDialogs(page);
  const [bea, cy] = rooms as [string, string];
  for (const [path, name, isOn] of [[bea, 'Bea', false], [cy, 'Cy', true], [bea, 'Bea', false]] as const) {
    await open(path, name);
    await expect(await openMembers(page)).toBeChecked({ checked: isOn });
    await closeDialogs(page);
  }
  expect(await isSamePage(page)).toBe(true);
  // It still follows the clicks of the other one, and what it sends is what it shows.
  await (await openMembers(page)).check();
  await closeDialogs(page);
  await page.reload();
  await expect(await openMembers(page)).toBeChecked();
});

test('the line under a message does not move the log', async ({ moderated }) => {
  const { mona: { page, chat }, openAsGuest } = moderated;
  await (await openAbout(page)).check();
  await about(page).getByRole('button', { name: 'Save' }).click();
  await expect(about(page)).toBeHidden();
  await closeDialogs(page);
  await page.setViewportSize({ width: 1280, height: 450 });
  for (let number = 1; number <= 25; number += 1) await chat.sendMessage(`line ${number}`);
  await expect(chat.messageWithText('line 25')).toHaveAttribute('data-state', 'sent');
  const read = chat.messageWithText('line 6');
  await read.evaluate((message) => message.scrollIntoView({ block: 'start', behavior: 'instant' }));
  const top = () => read.evaluate((message) => message.getBoundingClientRect().top);
  const before = await top();
  expect(await chat.log.evaluate((log) => log.scrollTop), 'a test of a reader who is further up').toBeLessThan(-100);
  const bea = await openAsGuest('Bea');
  await expect(bea.chat.messageWithText('line 25')).toBeInViewport();
  await expect(chat.messageWithText('line 25').getByRole('button', { name: 'Seen by 1' })).toHaveCount(1, { timeout: 30_000 });
  expect(Math.abs((await top()) - before)).toBeLessThan(2);
});

test('a reply that only its thread shows does not offer who has seen it', async ({ moderated }) => {
  const { mona: { page, chat } } = moderated;
  await (await openAbout(page)).check();
  await about(page).getByRole('button', { name: 'Save' }).click();
  await expect(about(page)).toBeHidden();
  await closeDialogs(page);
  await chat.sendMessage('which boat?');
  const root = await Message.withText(chat, 'which boat?');
  await expect((await root.menu()).getByRole('button', { name: 'Seen by…' })).toBeVisible();
  await page.keyboard.press('Escape');
  await root.clickAction('Reply in a thread');
  const panel = page.getByRole('complementary', { name: 'Thread' });
  await panel.getByLabel('Reply in this thread').fill('the red one');
  await panel.getByRole('button', { name: 'Send' }).click();
  const reply = panel.locator('article[data-state="sent"]').filter({ hasText: 'the red one' });
  await expect(reply).toBeVisible();
  const openMenu = async (article: typeof reply) => {
    await article.hover();
    await article.getByRole('button', { name: 'More actions' }).click();
    const menu = article.getByRole('dialog', { name: 'More actions' });
    await expect(menu.getByRole('button', { name: 'Copy text' })).toBeVisible();
    return menu;
  };
  await expect((await openMenu(reply)).getByRole('button', { name: 'Seen by…' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  const first = panel.locator('article').filter({ hasText: 'which boat?' });
  await expect((await openMenu(first)).getByRole('button', { name: 'Seen by…' })).toBeVisible();
});
