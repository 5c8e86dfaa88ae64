import type { Browser, Page } from '@playwright/test';
import { leave, passphrase } from '../support/access_servers.ts';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { makeInvitation, openInvitations } from '../support/invitations.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { sessionPersonId } from '../support/moderation_fixtures.ts';

// Invitations: links that let people in without the passphrase. The access policy is a setting of the process, so each test starts its
// own server.

type Closed = { server: LocalServer; mona: Page };

/** Runs a server with a passphrase, and opens a room as its moderator. */
async function withModerator(page: Page, use: (closed: Closed) => Promise<void>): Promise<void> {
  await withDataDir(async (data) => {
    const flags = ['--access', 'passphrase', '--passphrase', passphrase];
    let server = await LocalServer.start(data, ...flags);
    await page.goto(`${server.url}/r/cats`);
    await page.getByLabel('Passphrase').fill(passphrase);
    await page.getByRole('button', { name: 'Enter' }).click();
    await new ChatPage(page).waitForState('live');
    const id = await sessionPersonId(page);
    await leave(page);
    const port = new URL(server.url).port;
    await server.stop();
    server = await LocalServer.start(data, '--port', port, ...flags, '--moderators', id);
    await page.goto(`${server.url}/r/cats`);
    await new ChatPage(page).waitForState('live');
    await use({ server, mona: page });
    await leave(page);
    await server.stop();
  });
}

const newPage = async (browser: Browser, options = {}) => (await browser.newContext({ locale: 'en-GB', ...options })).newPage();

/** Makes a private room. Returns an invitation to it. */
async function inviteToPrivateRoom(page: Page): Promise<string> {
  await page.getByRole('heading', { level: 1 }).getByRole('button').click();
  const rooms = page.getByRole('dialog', { name: 'Rooms' });
  await rooms.getByRole('combobox').fill('Secret plans');
  await rooms.getByRole('option', { name: 'Create the private room' }).click();
  await expect(page).toHaveURL(/\/r\/p-[a-z0-9]{20}$/);
  await page.locator('header').getByRole('button', { name: 'Invite people' }).click();
  const field = page.getByRole('dialog', { name: 'Invite people' }).getByLabel('Link', { exact: true });
  await expect(field).toHaveValue(/\/join#[A-Za-z0-9_-]{24}$/);
  return field.inputValue();
}

for (const [name, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  test(`an invitation to a private room waits until its visitor has entered, on a ${name}`, async ({ page, browser }) => {
    await page.setViewportSize(viewport);
    await withModerator(page, async ({ server, mona }) => {
      const link = await inviteToPrivateRoom(mona);
      const guest = await newPage(browser, { viewport });
      await guest.goto(link);
      await guest.getByRole('button', { name: 'Join the room' }).click();
      await expect(guest.getByText('You are invited to a room. Please enter the chat first.')).toBeVisible();
      await expectAccessible(guest);
      await guest.getByLabel('Passphrase').fill('wrong');
      await guest.getByRole('button', { name: 'Enter' }).click();
      await expect(guest.getByRole('alert')).toContainText('This is not the passphrase.');
      await guest.getByLabel('Passphrase').fill(passphrase);
      await guest.getByRole('button', { name: 'Enter' }).click();
      await expect(guest).toHaveURL(`${server.url}/join`);
      await guest.getByRole('button', { name: 'Join the room' }).click();
      await new ChatPage(guest).waitForState('live');
      await expect(guest.getByRole('heading', { level: 1 })).toContainText('Secret plans');
      expect(server.log).not.toContain(link.split('#')[1]);

      // The used one does not wait any more.
      await guest.goto(`${server.url}/join`);
      await expect(guest.locator('input[type="hidden"][name="token"]')).toHaveValue('');
      const late = await newPage(browser, { viewport });
      await late.goto(link);
      await late.getByRole('button', { name: 'Join the room' }).click();
      await late.getByLabel('Passphrase').fill(passphrase);
      await late.getByRole('button', { name: 'Enter' }).click();
      await late.getByRole('button', { name: 'Join the room' }).click();
      await expect(late.getByRole('alert')).toContainText('used up');
      await expectAccessible(late);
    });
  });

  test(`an invitation lets one person in without the passphrase, on a ${name}`, async ({ page, browser }) => {
    await page.setViewportSize(viewport);
    await withModerator(page, async ({ server, mona }) => {
      const dialog = await openInvitations(mona);
      await expect(dialog.getByLabel('Link', { exact: true })).toHaveValue(`${server.url}/r/cats`);
      await expect(dialog).toContainText('It asks for the passphrase');
      const link = await makeInvitation(mona);
      expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/invite\?to=\/r\/cats#[\w-]{24}$/);
      await expect(dialog).toContainText('it is shown only once');
      await expect(dialog.getByRole('listitem')).toContainText(['Used by 0 of 1 until']);
      await expectAccessible(mona);

      const guest = await newPage(browser, { viewport });
      await guest.goto(link);
      await expect(guest.getByRole('heading')).toHaveText('You are invited');
      await expectAccessible(guest);
      await guest.getByRole('button', { name: 'Enter' }).click();
      await new ChatPage(guest).waitForState('live');
      expect(guest.url()).toBe(`${server.url}/r/cats`);

      const late = await newPage(browser, { viewport });
      await late.goto(link);
      await late.getByRole('button', { name: 'Enter' }).click();
      await expect(late.getByRole('alert')).toHaveText('This invitation is used up. Please ask the person who sent it for a new one.');
      await expectAccessible(late);
      await late.getByRole('link', { name: 'Enter with the passphrase' }).click();
      await expect(late.getByLabel('Passphrase')).toBeVisible();

      await mona.getByRole('button', { name: 'Show the link to the room' }).click();
      await expect(dialog.getByLabel('Link', { exact: true })).toHaveValue(`${server.url}/r/cats`);
      await dialog.getByRole('button', { name: 'Close' }).click();
      await expect((await openInvitations(mona)).getByRole('listitem')).toContainText(['Used up by 1 of 1.']);
      expect(server.log).not.toContain(link.split('#')[1]);
      for (const opened of [guest, late]) await opened.context().close();
    });
  });
}

test('a revoked invitation says so, and lets nobody in', async ({ page, browser }) => {
  await withModerator(page, async ({ mona }) => {
    const link = await makeInvitation(mona, '10 people');
    const dialog = mona.getByRole('dialog', { name: 'Invite people' });
    await dialog.getByRole('button', { name: 'Revoke' }).click();
    await expect(dialog.getByRole('listitem')).toContainText(['Revoked, used by 0 of 10.']);
    const visitor = await newPage(browser, { locale: 'ja-JP' });
    await visitor.goto(link);
    await visitor.getByRole('button', { name: '参加する' }).click();
    await expect(visitor.getByRole('alert')).toHaveText('この招待は無効になりました。送ってくれた人に新しい招待を頼んでください。');
    await visitor.context().close();
  });
});

test('a visitor who is in the chat is taken to the room, and takes no use', async ({ page, browser }) => {
  await withModerator(page, async ({ server, mona }) => {
    const link = await makeInvitation(mona);
    const tab = await mona.context().newPage();
    await tab.goto(link);
    await new ChatPage(tab).waitForState('live');
    // The token does not stay in the address.
    expect(tab.url()).toBe(`${server.url}/r/cats#`);
    const guest = await newPage(browser);
    await guest.goto(link);
    await guest.getByRole('button', { name: 'Enter' }).click();
    await new ChatPage(guest).waitForState('live');
    await guest.context().close();
    await leave(tab);
  });
});

test('an invitation works without scripts, by copying its code', async ({ page, browser }) => {
  await withModerator(page, async ({ mona }) => {
    const link = await makeInvitation(mona);
    const visitor = await newPage(browser, { javaScriptEnabled: false });
    await visitor.goto(link);
    await visitor.getByLabel('Code of the link').fill(link.split('#')[1]!);
    await visitor.getByRole('button', { name: 'Enter' }).click();
    await expect(visitor.getByRole('log')).toBeVisible();
    await visitor.context().close();
  });
});

test('a guest who is no moderator sees no invitations', async ({ page, browser }) => {
  await withModerator(page, async ({ server, mona }) => {
    const guest = await newPage(browser);
    await guest.goto(await makeInvitation(mona));
    await guest.getByRole('button', { name: 'Enter' }).click();
    await new ChatPage(guest).waitForState('live');
    await expect(await openInvitations(guest)).not.toContainText('Invitations');
    expect((await guest.request.get(`${server.url}/invitations`)).status()).toBe(403);
    await guest.context().close();
  });
});
