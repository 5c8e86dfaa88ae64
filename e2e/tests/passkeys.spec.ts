import type { Browser, CDPSession, Locator, Page } from '@playwright/test';
import { passphrase, withPassphraseServer } from '../support/access_servers.ts';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { type Deployment, expect, guestCookie, test } from '../support/fixtures.ts';
import { failPart } from '../support/on_demand.ts';

// Passkeys, with Chromium's virtual authenticator.

/** An authenticator of one page. */
class Authenticator {
  private readonly session: CDPSession;
  private readonly id: string;

  private constructor(session: CDPSession, id: string) {
    this.session = session;
    this.id = id;
  }

  /** Adds an authenticator to a page. `copied` has the credentials of another one, as a password manager synchronises them. */
  static async add(page: Page, copied?: Authenticator): Promise<Authenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    for (const credential of (await copied?.credentials()) ?? []) {
      await session.send('WebAuthn.addCredential', { authenticatorId, credential });
    }
    return new Authenticator(session, authenticatorId);
  }

  async credentials() {
    return (await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.id })).credentials;
  }

  /** Takes the authenticator from its page. */
  async remove(): Promise<void> {
    await this.session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.id });
  }

  /** From now on the user is not verified, so the browser ends its question without an answer. */
  async refuse(): Promise<void> {
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId: this.id, isUserVerified: false });
  }
}

/** Returns the address of a room at a host with a name: an IP address has no passkeys. */
const named = (deployment: Deployment, room: string): string => deployment.pageUrl(room).replace('127.0.0.1', 'localhost');

async function open(page: Page, url: string): Promise<ChatPage> {
  await page.goto(url);
  const chat = new ChatPage(page);
  await chat.waitForState('live');
  return chat;
}

/** Returns the id of the person whose cookie a browser has. */
async function personId(page: Page, cookieName: string): Promise<string> {
  const cookie = (await page.context().cookies()).find(({ name }) => name === cookieName);
  const claims = Buffer.from(cookie!.value.split('.')[0]!, 'base64url').toString();
  return (JSON.parse(claims) as { id: string }).id;
}

async function openDevices(page: Page, button = 'Your devices', passkeys = 'Passkeys'): Promise<Locator> {
  await page.locator('.me').click();
  await page.getByRole('button', { name: button }).click();
  const section = page.getByRole('region', { name: passkeys });
  await expect(section).toBeVisible();
  return section;
}

/** Signs in from the profile of somebody, who is asked once more. */
async function signInFromProfile(page: Page): Promise<void> {
  await page.locator('.me').click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByText(/^You are .* here\. With the passkey of another person/)).toBeVisible();
  await page.getByRole('button', { name: 'Continue with a passkey' }).click();
}

async function newPage(browser: Browser, options = {}): Promise<Page> {
  return (await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block', ...options })).newPage();
}

for (const [name, screen] of [
  ['phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ['desktop', { viewport: { width: 1280, height: 800 } }],
] as const) {
  test(`a passkey brings a guest back, on a ${name}`, async ({ browser, deployment, room }) => {
    test.setTimeout(150_000);
    const cookie = guestCookie(deployment);
    const page = await newPage(browser, screen);
    const authenticator = await Authenticator.add(page);
    await open(page, named(deployment, room));
    const ann = await personId(page, cookie);
    const section = await openDevices(page);
    const add = section.getByRole('button', { name: 'Add a passkey' });
    await add.click();
    await expect(section.getByRole('status')).toHaveText('The passkey was added.');
    await expect(section.getByRole('listitem')).toHaveCount(1);
    await expect(section.getByRole('listitem')).toContainText(/Chrome on Linux.*Added on this device: /);
    await expectAccessible(page);
    if (name === 'phone') {
      for (const button of await section.getByRole('button').all()) {
        expect((await button.boundingBox())?.height).toBeGreaterThanOrEqual(44);
      }
    }
    // The same authenticator makes no second one.
    await add.click();
    await expect(section.getByRole('status')).toHaveText('This device or password manager has a passkey of yours already.');
    expect((await authenticator.credentials()).length).toBe(1);

    // A browser that is somebody else comes back as Ann.
    const other = await newPage(browser, screen);
    const copy = await Authenticator.add(other, authenticator);
    await open(other, named(deployment, room));
    expect(await personId(other, cookie)).not.toBe(ann);
    const otherTab = await other.context().newPage();
    await open(otherTab, named(deployment, room));
    await otherTab.evaluate(() => Reflect.set(window, 'isOld', true));
    // The question is asked again after the dialog was closed.
    await other.locator('.me').click();
    await other.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(other.getByRole('button', { name: 'Continue with a passkey' })).toBeVisible();
    await expectAccessible(other);
    await other.keyboard.press('Escape');
    await signInFromProfile(other);
    await expect.poll(() => personId(other, cookie)).toBe(ann);
    await new ChatPage(other).waitForState('live');
    await expect(other.getByRole('dialog')).toHaveCount(0);
    // The other tab is not the other person with what the old one wrote.
    await expect.poll(() => otherTab.evaluate(() => Reflect.has(window, 'isOld')).catch(() => true)).toBe(false);
    await otherTab.close();

    // The list says when it was used, and removes it.
    const there = await openDevices(other);
    await expect(there.getByRole('listitem')).toContainText('Last used: ');
    await there.getByRole('button', { name: /^Remove the passkey from Chrome.*\(Added: / }).click();
    await expect(there.getByRole('listitem')).toHaveCount(1);
    await there.getByRole('button', { name: /^Really remove\?/ }).click();
    await expect(there.getByRole('listitem')).toHaveCount(0);
    await expect(there.getByRole('status')).toContainText('The passkey was removed here.');
    await expect(there.getByRole('button', { name: 'Add a passkey' })).toBeFocused();
    await expectAccessible(other);

    const late = await newPage(browser, screen);
    await Authenticator.add(late, copy);
    await open(late, named(deployment, room));
    await signInFromProfile(late);
    await expect(late.getByText('This passkey was removed, or it is of another chat.')).toBeVisible();
    await expectAccessible(late);
    for (const opened of [page, other, late]) await opened.context().close();
  });
}

const english = {
  devices: 'Your devices',
  passkeys: 'Passkeys',
  add: 'Add a passkey',
  added: 'The passkey was added.',
  here: /Added on this device: /,
  elsewhere: /Added: /,
  out: /Added on a device that is signed out: /,
  signOut: /^Sign out .* on /,
  warning: 'Passkeys that were added on signed-out devices still sign in as you.',
  remove: 'Remove passkeys of signed-out devices',
  sure: 'Really remove?',
  removed: 'The passkey was removed here.',
};
const japanese = {
  devices: '使用中の端末',
  passkeys: 'パスキー',
  add: 'パスキーを追加',
  added: 'パスキーを追加しました。',
  here: /この端末で追加: /,
  elsewhere: /追加: /,
  out: /ログアウト済みの端末で追加: /,
  signOut: /^ログアウトさせる: /,
  warning: 'ログアウト済みの端末で追加したパスキーでは、今もあなたとしてログインできます。',
  remove: 'ログアウト済みの端末のパスキーを削除',
  sure: '本当に削除しますか？',
  removed: 'ここからパスキーを削除しました。',
};

for (const [name, screen, texts] of [
  ['a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, english],
  ['a desktop', { viewport: { width: 1280, height: 800 } }, english],
  ['a desktop, in Japanese', { viewport: { width: 1280, height: 800 }, locale: 'ja-JP' }, japanese],
] as const) {
  test(`signing out a device offers to remove the passkeys that it added, on ${name}`, async ({ browser, deployment, room }) => {
    test.setTimeout(150_000);
    const page = await newPage(browser, screen);
    const authenticator = await Authenticator.add(page);
    await open(page, named(deployment, room));
    const first = await openDevices(page, texts.devices, texts.passkeys);
    await first.getByRole('button', { name: texts.add }).click();
    await expect(first.getByRole('status')).toHaveText(texts.added);

    // Another device of the same person adds one, too.
    const other = await newPage(browser);
    const copy = await Authenticator.add(other, authenticator);
    await open(other, named(deployment, room));
    await signInFromProfile(other);
    await expect.poll(() => personId(other, guestCookie(deployment))).toBe(await personId(page, guestCookie(deployment)));
    await new ChatPage(other).waitForState('live');
    await copy.remove();
    await Authenticator.add(other);
    const there = await openDevices(other);
    await there.getByRole('button', { name: 'Add a passkey' }).click();
    await expect(there.getByRole('listitem')).toHaveCount(2);
    await expect(there.getByRole('listitem').filter({ hasText: english.here })).toHaveCount(1);

    await open(page, named(deployment, room));
    const section = await openDevices(page, texts.devices, texts.passkeys);
    const rows = section.getByRole('listitem');
    await expect(rows).toHaveCount(2);
    await expect(rows.nth(0)).toContainText(texts.elsewhere);
    await expect(rows.nth(1)).toContainText(texts.here);
    await expect(section.getByText(texts.warning)).toHaveCount(0);
    await page.getByRole('dialog', { name: texts.devices }).getByRole('button', { name: texts.signOut }).click();
    await expect(section.getByText(texts.warning)).toBeVisible();
    await expect(rows.nth(0)).toContainText(texts.out);
    await expectAccessible(page);
    const remove = section.getByRole('button', { name: texts.remove });
    if (name === 'a phone') expect((await remove.boundingBox())?.height).toBeGreaterThanOrEqual(44);
    await remove.click();
    await expect(rows).toHaveCount(2);
    await section.getByRole('button', { name: texts.sure, exact: true }).click();
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText(texts.here);
    await expect(section.getByRole('status')).toContainText(texts.removed);
    await expect(section.getByText(texts.warning)).toHaveCount(0);
    await expect(section.getByRole('button', { name: texts.add })).toBeFocused();
    await expectAccessible(page);
    for (const opened of [page, other]) await opened.context().close();
  });
}

test('a tab without its dialogs follows a sign-in as another person', async ({ browser, deployment, room }) => {
  const page = await newPage(browser);
  const authenticator = await Authenticator.add(page);
  await open(page, named(deployment, room));
  const section = await openDevices(page);
  await section.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(section.getByRole('listitem')).toHaveCount(1);

  const other = await newPage(browser);
  await Authenticator.add(other, authenticator);
  await open(other, named(deployment, room));
  const tab = await other.context().newPage();
  await failPart(tab);
  await open(tab, named(deployment, room));
  await tab.evaluate(() => Reflect.set(window, 'isOld', true));
  await signInFromProfile(other);
  const ann = await personId(page, guestCookie(deployment));
  await expect.poll(() => personId(other, guestCookie(deployment))).toBe(ann);
  await expect.poll(() => tab.evaluate(() => Reflect.has(window, 'isOld')).catch(() => true)).toBe(false);
  await new ChatPage(tab).waitForState('live');
  expect(await tab.evaluate(() => JSON.parse(document.getElementById('page-state')!.textContent!).you.id)).toBe(ann);
  for (const opened of [page, other]) await opened.context().close();
});

test('a sign-in leaves a private room, and a lost answer is shown in the list', async ({ browser, deployment, room }) => {
  const page = await newPage(browser);
  const authenticator = await Authenticator.add(page);
  await open(page, named(deployment, room));
  const section = await openDevices(page);
  // The server adds the passkey, and its answer is lost.
  await page.route('**/passkeys/registered', async (route) => {
    await route.fetch();
    await route.abort();
  });
  await section.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(section.getByRole('listitem')).toHaveCount(1);
  await expect(section.getByRole('status')).toHaveText('This did not work. Please try again.');

  const other = await newPage(browser);
  await Authenticator.add(other, authenticator);
  await open(other, named(deployment, room));
  // As if a private room was open, of which the other person may be no member.
  await other.evaluate(() => history.replaceState(history.state, '', '/r/p-abcdefghijabcdefghij'));
  await signInFromProfile(other);
  await expect(other).toHaveURL(named(deployment, 'lobby').replace(/\/r\/.*$/, '/'));
  for (const opened of [page, other]) await opened.context().close();
});

test('a closed browser dialog says so, and an address of numbers says why', async ({ browser, deployment, room }) => {
  const page = await newPage(browser);
  const authenticator = await Authenticator.add(page);
  await authenticator.refuse();
  await open(page, named(deployment, room));
  const section = await openDevices(page);
  const add = section.getByRole('button', { name: 'Add a passkey' });
  await Promise.all([page.waitForResponse(/\/passkeys\/register$/), add.click()]);
  // Until the browser's own dialog has ended.
  await expect(add).not.toHaveAttribute('aria-disabled', 'true');
  await expect(section.getByRole('status')).toHaveText('Cancelled, or no passkey could be made here.');
  await expect(section.getByRole('listitem')).toHaveCount(0);
  await open(page, deployment.pageUrl(room));
  const there = await openDevices(page);
  await there.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(there.getByRole('status')).toContainText('There are no passkeys at this address');
  await page.context().close();
});

test('browsers without passkeys show nothing of them', async ({ browser, deployment, room }) => {
  const page = await newPage(browser);
  await page.addInitScript(() => Reflect.deleteProperty(window, 'PublicKeyCredential'));
  const script = page.waitForResponse(/\/assets\/app\/passkeys\.js$/);
  await open(page, named(deployment, room));
  await page.locator('.me').click();
  expect((await script).status()).toBe(200);
  await expect(page.getByRole('button', { name: 'Your devices' })).toBeVisible();
  await expect(page.getByRole('button', { name: /passkey/i })).toHaveCount(0);
  await page.getByRole('button', { name: 'Your devices' }).click();
  await expect(page.getByRole('dialog', { name: 'Your devices' }).getByRole('listitem')).toHaveCount(1);
  await expect(page.getByText(/passkey/i).filter({ visible: true })).toHaveCount(0);
  await page.context().close();
});

test('passkeys are in Japanese, too', async ({ browser, deployment, room }) => {
  const page = await newPage(browser, { locale: 'ja-JP' });
  await Authenticator.add(page);
  await open(page, named(deployment, room));
  const section = await openDevices(page, '使用中の端末', 'パスキー');
  await section.getByRole('button', { name: 'パスキーを追加' }).click();
  await expect(section.getByRole('status')).toHaveText('パスキーを追加しました。');
  await expect(section.getByRole('button', { name: /^Chrome（Linux）のパスキーを削除/ })).toBeVisible();
  await expectAccessible(page);
  await page.context().close();
});

test('a passkey lets in without the passphrase @page', async ({ browser, deployment }) => {
  test.skip(deployment.name === 'stack', 'only the local binary lets a test choose its access policy');
  await withPassphraseServer(async (server) => {
    const url = `${server.url.replace('127.0.0.1', 'localhost')}/r/cats`;
    const page = await newPage(browser);
    const authenticator = await Authenticator.add(page);
    await page.goto(url);
    await page.getByLabel('Passphrase').fill(passphrase);
    await page.getByLabel('Passphrase').press('Enter');
    await new ChatPage(page).waitForState('live');
    const ann = await personId(page, 'guest');
    const section = await openDevices(page);
    await section.getByRole('button', { name: 'Add a passkey' }).click();
    await expect(section.getByRole('listitem')).toHaveCount(1);

    const other = await newPage(browser);
    await Authenticator.add(other, authenticator);
    // Also from the page that answers a wrong passphrase.
    await other.goto(url);
    await other.getByLabel('Passphrase').fill('not it at all');
    await other.getByLabel('Passphrase').press('Enter');
    await expect(other.getByRole('alert')).toBeVisible();
    await expectAccessible(other);
    await other.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await expect(other).toHaveURL(url);
    await new ChatPage(other).waitForState('live');
    expect(await personId(other, 'guest')).toBe(ann);
    for (const opened of [page, other]) {
      await opened.goto('about:blank');
      await opened.context().close();
    }
  });
});
