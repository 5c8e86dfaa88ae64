import type { Browser, Locator, Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { type Deployment, expect, guestCookie, test } from '../support/fixtures.ts';
import { waitForPart } from '../support/on_demand.ts';

// The list of devices on which a person is signed in, and how they are signed out.

/** Returns the id of the person whose cookie a browser has. The page itself gets another cookie when it connects as somebody else. */
async function personId(page: Page, deployment: Deployment): Promise<string> {
  const cookie = (await page.context().cookies()).find(({ name }) => name === guestCookie(deployment));
  const claims = Buffer.from(cookie!.value.split('.')[0]!, 'base64url').toString();
  return (JSON.parse(claims) as { id: string }).id;
}

/** Makes a link to another device and signs a new browser in with it. */
async function secondDevice(page: Page, browser: Browser, options = {}): Promise<Page> {
  await page.locator('.me').click();
  await page.getByRole('button', { name: 'Use on another device' }).click();
  const dialog = page.getByRole('dialog', { name: 'Use on another device' });
  const field = dialog.getByLabel('Link', { exact: true });
  await expect(field).toHaveValue(/\/device#[\w-]{24}$/);
  const link = await field.inputValue();
  await dialog.getByRole('button', { name: 'Close' }).click();
  const other = await (await browser.newContext({ locale: 'en-GB', ...options })).newPage();
  // Other tests may have used the attempts that their address has in a minute.
  await expect(async () => {
    // From the page itself this would only change the fragment.
    await other.goto('about:blank');
    await other.goto(link);
    await other.getByRole('button', { name: /^Continue as / }).click({ timeout: 5_000 });
    await expect(other.locator('.me')).toBeVisible();
  }).toPass({ intervals: [10_000], timeout: 90_000 });
  await new ChatPage(other).waitForState('live');
  return other;
}

/** Opens the list from the profile. */
async function openList(page: Page, button = 'Your devices'): Promise<Locator> {
  await page.locator('.me').click();
  await page.getByRole('button', { name: button }).click();
  const dialog = page.getByRole('dialog', { name: button });
  await expect(dialog.getByRole('listitem').first()).toBeVisible();
  return dialog;
}

for (const [name, screen] of [
  ['phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ['desktop', { viewport: { width: 1280, height: 800 } }],
] as const) {
  test(`a device is listed and signed out from another one, on a ${name}`, async ({ browser, deployment, room }) => {
    test.setTimeout(150_000);
    const page = await (await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block', ...screen })).newPage();
    const chat = await ChatPage.open(page, deployment, room);
    const other = await secondDevice(page, browser, screen);
    const ann = await personId(page, deployment);
    expect(await personId(other, deployment)).toBe(ann);
    // A copy of the cookie, as of somebody who has read the file of the browser.
    const copied = await other.context().storageState();
    await other.goto(deployment.pageUrl(room));
    await new ChatPage(other).waitForState('live');

    const dialog = await openList(page);
    await expect(dialog.getByRole('listitem')).toHaveCount(2);
    await expect(dialog.getByRole('listitem').first()).toContainText('This device');
    await expect(dialog.getByRole('listitem').nth(1)).toContainText('Last used: Today');
    await expect(dialog).toContainText(/(Chrome|Firefox|Safari) on Linux/);
    await expectAccessible(page);
    const signOut = dialog.getByRole('button', { name: /^Sign out .* on / });
    await expect(signOut).toHaveCount(1);
    if (name === 'phone') expect((await signOut.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await signOut.click();
    await expect(dialog.getByRole('listitem')).toHaveCount(1);
    await expect(dialog.getByRole('button', { name: /^Sign out/ })).toHaveCount(0);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await chat.waitForState('live');
    expect(await personId(page, deployment)).toBe(ann);

    // The other browser is somebody else as soon as it connects again, and so is each copy of its cookie.
    await expect.poll(async () => personId(other, deployment)).not.toBe(ann);
    const thief = await (await browser.newContext({ storageState: copied })).newPage();
    await thief.goto(deployment.pageUrl(room));
    await new ChatPage(thief).waitForState('live');
    expect(await personId(thief, deployment)).not.toBe(ann);
    for (const opened of [page, other, thief]) await opened.context().close();
  });
}

test('a name that is chosen on one device is that of the person on the other one', async ({ page, browser, deployment, room, connect }) => {
  test.setTimeout(150_000);
  const bob = await connect(room);
  bob.send({ action: 'hello' });
  const chat = await ChatPage.open(page, deployment, room);
  const phone = await secondDevice(page, browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await phone.goto(deployment.pageUrl(room));
  const other = new ChatPage(phone);
  await other.waitForState('live');
  await waitForPart(phone);
  const storedName = async (of: Page) => (await of.context().cookies()).find(({ name }) => name === 'name')?.value;
  const rename = async (of: Page, name: string) => {
    await of.locator('.me').click();
    await of.getByRole('textbox', { name: 'Your name' }).fill(name);
    await of.keyboard.press('Enter');
    await expect(of.getByRole('dialog')).toHaveCount(0);
  };
  await rename(page, 'Grace');
  await expect(phone.locator('.me-name')).toHaveText('Grace');
  await expect.poll(async () => storedName(phone)).toBe('Grace');
  await other.sendMessage('from the phone');
  expect(await bob.next('message')).toMatchObject({ author: { name: 'Grace' } });

  // The phone was away: its cookie has the name of before, and its page takes the new one with its socket.
  await phone.goto('about:blank');
  await rename(page, 'Grace Hopper');
  expect(await storedName(phone)).toBe('Grace');
  await phone.goto(deployment.pageUrl(room));
  await other.waitForState('live');
  await expect(phone.locator('.me-name')).toHaveText('Grace Hopper');
  await expect.poll(async () => storedName(phone)).toBe('Grace%20Hopper');
  await other.sendMessage('from the phone again');
  expect(await bob.next('message')).toMatchObject({ author: { name: 'Grace Hopper' } });

  // A name that was confirmed on the desktop does not come back with its next socket.
  await rename(phone, 'Amazing Grace');
  await expect(page.locator('.me-name')).toHaveText('Amazing Grace');
  await page.reload();
  await chat.waitForState('live');
  await expect(page.locator('.me-name')).toHaveText('Amazing Grace');
  await expect(phone.locator('.me-name')).toHaveText('Amazing Grace');
  await phone.context().close();
});

test('signing out everywhere else keeps this device, after a second click', async ({ page, browser, deployment, room }) => {
  test.setTimeout(150_000);
  await ChatPage.open(page, deployment, room);
  const other = await secondDevice(page, browser);
  await other.goto(deployment.pageUrl(room));
  await new ChatPage(other).waitForState('live');
  const ann = await personId(page, deployment);
  const dialog = await openList(page);
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Really sign out everywhere else' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  await expect(dialog.getByRole('button', { name: /everywhere else/ })).toHaveCount(0);
  await expect.poll(async () => personId(other, deployment)).not.toBe(ann);
  expect(await personId(page, deployment)).toBe(ann);
  await other.context().close();
});

test('a device that was signed out says so, and keeps the half of a sentence for its author', async ({ page, browser, deployment, room }) => {
  test.setTimeout(150_000);
  const chat = await ChatPage.open(page, deployment, room);
  await waitForPart(page);
  await page.locator('.me').click();
  await page.getByRole('textbox', { name: 'Your name' }).fill('Ann Arbor');
  await page.keyboard.press('Enter');
  await expect(page.locator('.me-name')).toHaveText('Ann Arbor');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const other = await secondDevice(page, browser);
  await other.goto(deployment.pageUrl(room));
  const signedOut = new ChatPage(other);
  await signedOut.waitForState('live');
  await expect(other.locator('.me-name')).toHaveText('Ann Arbor');
  await waitForPart(other);
  const secondTab = await ChatPage.open(await other.context().newPage(), deployment, room);
  await waitForPart(secondTab.page);
  await signedOut.composer.fill('half of a sentence');

  const dialog = await openList(page);
  await dialog.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await dialog.getByRole('button', { name: 'Really sign out everywhere else' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Close' }).click();

  const sentence = 'This device was signed out. You are a new guest here.';
  for (const tab of [signedOut, secondTab]) {
    await expect(tab.page.getByRole('alert')).toContainText(sentence);
    await expect(tab.page.getByRole('alert')).toContainText('Sign in with a passkey');
    await tab.waitForState('live');
    await expect(tab.page.locator('.me-name')).not.toHaveText('Ann Arbor');
    await expect(tab.composer).toHaveValue('');
  }
  await expectAccessible(other);
  expect((await other.context().cookies()).filter(({ name }) => name === 'name')).toEqual([]);
  await signedOut.sendMessage('from the new guest');
  await chat.expectMessages('from the new guest');
  await expect(chat.messages.first()).not.toContainText('Ann Arbor');

  // A page that is opened later says it, too, in its language.
  await other.context().addCookies([{ name: 'language', value: 'ja', url: deployment.pageUrl('lobby') }]);
  const later = await other.context().newPage();
  await later.goto(deployment.pageUrl(room));
  await expect(later.getByRole('alert')).toContainText('この端末はログアウトされました。');
  for (const opened of [page, other]) await opened.context().close();
});

test('the list of devices is in Japanese, too', async ({ browser, deployment, room }) => {
  const page = await (await browser.newContext({ locale: 'ja-JP' })).newPage();
  await ChatPage.open(page, deployment, room);
  const dialog = await openList(page, '使用中の端末');
  await expect(dialog.getByRole('listitem')).toContainText('この端末');
  await expectAccessible(page);
  await page.context().close();
});

test('signing out ends the copies of the cookie', async ({ page, browser, deployment, room }) => {
  const chat = await ChatPage.open(page, deployment, room);
  // A device is stored at its second visit, and nothing is stored about one that signs out before.
  await page.reload();
  await chat.waitForState('live');
  const ann = await personId(page, deployment);
  const copied = await page.context().storageState();
  expect(copied.cookies.some(cookie => cookie.name === guestCookie(deployment))).toBe(true);
  const { origin } = new URL(deployment.pageUrl(room));
  const answer = await page.request.post(`${origin}/sign-out`, { form: {}, headers: { origin }, maxRedirects: 0 });
  expect(answer.status()).toBe(303);
  const thief = await (await browser.newContext({ storageState: copied })).newPage();
  await ChatPage.open(thief, deployment, room);
  expect(await personId(thief, deployment)).not.toBe(ann);
  await thief.context().close();
});
