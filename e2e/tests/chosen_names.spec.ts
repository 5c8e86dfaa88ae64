import type { Browser, Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { type Deployment, expect, guestCookie, test } from '../support/fixtures.ts';
import { waitForPart } from '../support/on_demand.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// The name that a visitor chooses, until the server has stored it for all their devices.

const ownName = (page: Page) => page.locator('.me-name');
const profile = (page: Page) => page.getByRole('dialog', { name: 'Your profile' });
const field = (page: Page) => profile(page).getByRole('textbox', { name: 'Your name' });
const save = (page: Page) => profile(page).getByRole('button', { name: 'Save' }).click();

async function rename(page: Page, name: string): Promise<void> {
  await page.locator('.me').click();
  await field(page).fill(name);
  await save(page);
  await expect(profile(page)).toBeHidden();
  await expect(ownName(page)).toHaveText(name);
}

/** The cookie with the name of a browser, as the page stores it. */
const nameCookie = (deployment: Deployment, value: string) => ({ name: 'name', value, url: deployment.pageUrl('lobby') });

/** Opens a room in another browser as the person of a page. Without a name, the browser has none stored. */
async function otherDevice(page: Page, browser: Browser, deployment: Deployment, room: string, name?: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block' });
  const session = (await page.context().cookies()).find((cookie) => cookie.name === guestCookie(deployment))!;
  await context.addCookies([session, ...(name === undefined ? [] : [nameCookie(deployment, name)])]);
  const other = await context.newPage();
  await ChatPage.open(other, deployment, room);
  await waitForPart(other);
  return other;
}

/** The names that this browser has not sent. */
const unsentNames = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('name/')).map((key) => localStorage.getItem(key)));

test('a name that is shown on one device becomes that of a person who has another one elsewhere', async ({ page, browser, deployment, room }) => {
  // Before names were stored, each browser had its own.
  await page.context().addCookies([nameCookie(deployment, 'Ann')]);
  await ChatPage.open(page, deployment, room);
  await waitForPart(page);
  const phone = await otherDevice(page, browser, deployment, room, 'Bob');
  await expect(ownName(page)).toHaveText('Ann');
  await expect(ownName(phone)).toHaveText('Bob');
  await page.locator('.me').click();
  await expect(field(page)).toHaveValue('Ann');
  await save(page);
  await expect(profile(page)).toBeHidden();
  await expect(ownName(phone)).toHaveText('Ann');
  const laptop = await otherDevice(page, browser, deployment, room, 'Cid');
  await expect(ownName(laptop)).toHaveText('Ann');
  for (const other of [phone, laptop]) await other.context().close();
});

test('a name with a number that was chosen on another device is followed like any other one', async ({ page, browser, deployment, room }) => {
  await ChatPage.open(page, deployment, room);
  await waitForPart(page);
  await rename(page, 'Ann');
  const phone = await otherDevice(page, browser, deployment, room, 'Ann');
  const storedName = async () => (await phone.context().cookies()).find((cookie) => cookie.name === 'name')?.value;
  await rename(page, 'Ann 2');
  await expect(ownName(phone)).toHaveText('Ann 2');
  await expect.poll(storedName).toBe('Ann%202');
  await expect(phone.getByText('Somebody here has your name already.')).toBeHidden();
  // The phone sends it, too, when it is saved there.
  await rename(phone, 'Ann 3');
  await rename(page, 'Ann 3');
  await expect.poll(storedName).toBe('Ann%203');
  await phone.context().close();
});

test.describe('without a connection', () => {
  test.use({ serviceWorkers: 'block' });

  test('a name is kept when the page is loaded again, and sent with what was written under it', async ({ page, browser, deployment, room, connect }) => {
    const bob = await connect(room);
    bob.send({ action: 'hello' });
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    await waitForPart(page);
    await rename(page, 'Ann');
    const phone = await otherDevice(page, browser, deployment, room);
    await expect(ownName(phone)).toHaveText('Ann');
    expect(await unsentNames(page), 'the server has it').toEqual([]);

    await proxy.disconnect();
    await chat.waitForState('offline');
    await rename(page, 'Bea');
    await chat.sendMessage('from Bea');
    await page.reload();
    await expect(ownName(page)).toHaveText('Bea');
    await expect(ownName(phone)).toHaveText('Ann');
    expect(await unsentNames(page)).toEqual(['Bea']);
    // Neither the part that is loaded on demand nor another page without a connection changes that.
    await waitForPart(page);
    await page.reload();
    await expect(ownName(page)).toHaveText('Bea');

    proxy.restore();
    await expect(ownName(phone)).toHaveText('Bea', { timeout: 30_000 });
    await chat.waitForState('live');
    expect(await bob.next('message')).toMatchObject({ text: 'from Bea', author: { name: 'Bea' } });
    await waitForPart(page);
    await expect.poll(() => unsentNames(page)).toEqual([]);
    await page.reload();
    await chat.waitForState('live');
    await expect(ownName(page)).toHaveText('Bea');

    // A name that the server has does not come back.
    await rename(phone, 'Cleo');
    await expect(ownName(page)).toHaveText('Cleo');
    await page.reload();
    await chat.waitForState('live');
    await waitForPart(page);
    await expect(ownName(page)).toHaveText('Cleo');
    await expect(ownName(phone)).toHaveText('Cleo');
    await phone.context().close();
  });

  test('a name that cannot be stored now is sent by a later page, and a refused one is not @page', async ({ page, deployment, room }) => {
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    await waitForPart(page);
    await rename(page, 'Ann');
    const errors = page.locator('.tray-troubles');
    for (const [code, name, isKept] of [['unavailable', 'Bea', true], ['notAllowed', 'Cleo', false]] as const) {
      await proxy.disconnect();
      await chat.waitForState('offline');
      await rename(page, name);
      proxy.rejectNext('rename', code);
      proxy.restore();
      await chat.waitForState('live');
      await expect(errors).toBeVisible();
      expect(await unsentNames(page)).toEqual(isKept ? [name] : []);
      await page.reload();
      await chat.waitForState('live');
      await waitForPart(page);
      await expect(ownName(page)).toHaveText('Bea');
      await expect.poll(() => unsentNames(page)).toEqual([]);
    }
  });

  test('another tab of the browser sends a name that its tab could not send', async ({ page, context, browser, deployment, room }) => {
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    await waitForPart(page);
    await rename(page, 'Ann');
    const tab = await context.newPage();
    await ChatPage.open(tab, deployment, room);
    await waitForPart(tab);
    const phone = await otherDevice(page, browser, deployment, room);
    await proxy.disconnect();
    await chat.waitForState('offline');
    await rename(page, 'Bea');
    await expect(ownName(phone)).toHaveText('Bea');
    await expect(ownName(tab)).toHaveText('Bea');
    await expect.poll(() => unsentNames(page)).toEqual([]);
    await phone.context().close();
  });
});
