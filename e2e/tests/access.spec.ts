import { request, type Page } from '@playwright/test';
import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { OidcProvider, type ProviderFault } from '../support/oidc_provider.ts';
import { ConnectError, WireClient } from '../support/wire_client.ts';

// Who may enter is a setting of a process, so each of these has one of its own. The deployed doors are in doors.spec.ts.

const passphrase = 'open sesame 開けゴマ';

const socket = (server: LocalServer, query = '') => `${server.url.replace('http', 'ws')}/ws?room=cats${query}`;

async function behindPassphrase(use: (server: LocalServer) => Promise<void>, words = passphrase): Promise<void> {
  await withDataDir(async (data) => {
    const server = await LocalServer.start(data, '--access', 'passphrase', '--passphrase', words);
    await use(server);
    await server.stop();
  });
}

/** A page that is still loading its program when its server ends is broken: leave it before that. */
const leave = (page: Page) => page.goto('about:blank');

async function behindProvider(use: (server: LocalServer, provider: OidcProvider) => Promise<void>): Promise<void> {
  const provider = await OidcProvider.start();
  await withDataDir(async (data) => {
    const claim = ['--oidc-moderator-claim', 'groups=chat-moderators'];
    const client = ['--oidc-issuer', provider.issuer, '--oidc-client-id', provider.clientId];
    const server = await LocalServer.start(data, '--access', 'oidc', ...client, ...claim);
    await use(server, provider);
    await server.stop();
  });
  await provider.stop();
}

/** Posts the form of the door, as a page of ours does it. */
async function enter(server: LocalServer, words: string, origin = server.url, to = '/r/cats') {
  const context = await request.newContext();
  const form = { passphrase: words, to };
  return context.post(`${server.url}/enter`, { form, headers: origin ? { origin } : {}, maxRedirects: 0 });
}

test('an open chat has no door, and nobody signs in', async ({ deployment, page }) => {
  await ChatPage.open(page, deployment, 'lobby');
  for (const path of ['/sign-in', '/sign-in/callback?code=x&state=y']) {
    expect((await page.request.get(deployment.pageUrl('lobby') + path.slice(1))).status()).toBe(404);
  }
  expect((await page.request.post(deployment.pageUrl('lobby') + 'enter', { form: { passphrase: 'x' } })).status()).toBe(405);
});

test('whoever says the passphrase is let into the room they came for, and stays in', async ({ page, context }) => {
  await behindPassphrase(async (server) => {
    expect((await page.goto(`${server.url}/r/cats`))?.status()).toBe(200);
    await expect(page.getByRole('heading')).toHaveText('Enter the passphrase');
    const field = page.getByLabel('Passphrase');
    await expect(field).toBeFocused();
    await expect(field).toHaveAttribute('autocomplete', 'current-password');
    await expect(field).toHaveAttribute('type', 'password');

    await field.fill('not it');
    await field.press('Enter');
    await expect(page.getByRole('alert')).toHaveText('This is not the passphrase. Please try again.');
    await expect(page.getByLabel('Passphrase')).toHaveAttribute('aria-invalid', 'true');

    await page.getByLabel('Passphrase').fill(passphrase);
    await page.getByRole('button', { name: 'Enter' }).click();
    await expect(page).toHaveURL(`${server.url}/r/cats`);
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    await chat.sendMessage('hello inside');
    await chat.expectMessages('hello inside');

    // A second tab is the same guest, without being asked.
    const second = await context.newPage();
    await second.goto(`${server.url}/r/cats`);
    await expect(second.getByText('hello inside')).toBeVisible();
    const mine = (await page.locator('.me-name').textContent()) ?? '';
    await expect(second.locator('.me-name')).toHaveText(mine);
    expect(server.log).not.toContain(passphrase);
  });
});

test('with a passphrase nobody signs out without being told what that costs, and then every tab is before the door', async ({ page, context }) => {
  await behindPassphrase(async (server) => {
    await page.goto(`${server.url}/r/cats`);
    await page.getByLabel('Passphrase').fill(passphrase);
    await page.getByRole('button', { name: 'Enter' }).click();
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    const other = new ChatPage(await context.newPage());
    await other.page.goto(`${server.url}/r/cats`);
    await other.waitForState('live');
    await other.composer.fill('a draft of mine');

    await page.locator('.me').click();
    await page.getByRole('button', { name: 'You and your data' }).click();
    const dialog = page.getByRole('dialog', { name: 'You and your data' });
    const out = dialog.getByRole('button', { name: 'Sign out' });
    await out.click();
    await expect(dialog).toContainText('You will be somebody new when you come back.');
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(out).toBeFocused();
    await expect(dialog).not.toContainText('You will be somebody new when you come back.');
    await out.click();
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await out.click();
    for (const { page } of [chat, other]) {
      await expect(page.getByRole('heading', { name: 'Enter the passphrase' })).toBeVisible();
      expect(await page.evaluate(() => ({ ...localStorage, ...sessionStorage }))).toEqual({});
    }
  });
});

test('whoever has to say the passphrase again is told that, and the address of a wrong one leads back to the door', async ({ page, context }) => {
  await behindPassphrase(async (server) => {
    const proxy = await SocketProxy.install(page);
    await page.goto(server.url);
    await page.getByLabel('Passphrase').fill('not it');
    await page.getByLabel('Passphrase').press('Enter');
    await expect(page.getByRole('alert')).toBeVisible();
    await page.goto(page.url());
    await expect(page).toHaveURL(`${server.url}/`);
    await page.getByLabel('Passphrase').fill(passphrase);
    await page.getByLabel('Passphrase').press('Enter');
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    await context.clearCookies();
    await proxy.disconnect();
    await chat.waitForState('over');
    await expect(page.locator('.leave')).toContainText('The passphrase is needed again.');
    await page.getByRole('link', { name: 'Enter' }).click();
    await expect(page.getByRole('heading', { name: 'Enter the passphrase' })).toBeVisible();
  });
});

test('the door needs no script, and speaks the language of whoever stands before it', async ({ browser }) => {
  await behindPassphrase(async (server) => {
    const context = await browser.newContext({ javaScriptEnabled: false, locale: 'ja-JP' });
    const page = await context.newPage();
    await page.goto(server.url);
    await expect(page.locator('html')).toHaveAttribute('lang', 'ja');
    await page.getByLabel('パスフレーズ').fill('違います違います');
    await page.getByRole('button').click();
    await expect(page.getByRole('alert')).toHaveText('パスフレーズが違います。もう一度入力してください。');
    await page.getByLabel('パスフレーズ').fill(passphrase);
    await page.getByRole('button').click();
    await expect(page.getByRole('log')).toBeVisible();
    await context.close();
  });
});

test('no rule of axe finds fault with a door, on the width of a telephone either', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await behindPassphrase(async (server) => {
    await page.goto(server.url);
    await expectAccessible(page);
    await page.getByLabel('Passphrase').fill('not it');
    await page.getByLabel('Passphrase').press('Enter');
    await expect(page.getByRole('alert')).toBeVisible();
    await expectAccessible(page);
  });
  await behindProvider(async (server) => {
    await page.goto(server.url);
    await expectAccessible(page);
  });
});

test('nothing of a room is told to whoever has not entered', async () => {
  await behindPassphrase(async (server) => {
    const inside = await enter(server, passphrase);
    expect(inside.status()).toBe(303);
    expect(inside.headers()['location']).toBe('/r/cats');
    const cookie = inside.headers()['set-cookie']?.split(';')[0] ?? '';
    const state = await (await fetch(`${server.url}/state/cats`, { headers: { cookie } })).json();
    const wire = await WireClient.open(socket(server, `&ticket=${encodeURIComponent(state.ticket)}`));
    await wire.sendMessage('only for those inside');

    const page = await fetch(`${server.url}/r/cats`);
    expect(await page.text()).not.toContain('only for those');
    const outside = await fetch(`${server.url}/state/cats`);
    expect(outside.status).toBe(401);
    expect(await outside.json()).toEqual({ access: 'passphrase' });
    expect(outside.headers.get('set-cookie')).toBeNull();
    await expect(WireClient.open(socket(server))).rejects.toThrow(new ConnectError(401));
    await expect(WireClient.open(socket(server, '&ticket=x.y'))).rejects.toThrow(new ConnectError(401));
    wire.close();
  });
});

test('a cookie of another door opens nothing', async () => {
  await withDataDir(async (data) => {
    const cookieOf = async (answer: { headers(): Record<string, string> }) =>
      answer.headers()['set-cookie']?.split(';')[0] ?? '';
    const status = async (server: LocalServer, cookie: string) =>
      (await fetch(`${server.url}/state/cats`, { headers: { cookie } })).status;

    const open = await LocalServer.start(data);
    const guest = (await fetch(`${open.url}/state/cats`)).headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(await status(open, guest)).toBe(200);
    await open.stop();

    const first = await LocalServer.start(data, '--access', 'passphrase', '--passphrase', 'the first words');
    expect(await status(first, guest)).toBe(401);
    const entered = await cookieOf(await enter(first, 'the first words'));
    expect(await status(first, entered)).toBe(200);
    await first.stop();

    const second = await LocalServer.start(data, '--access', 'passphrase', '--passphrase', 'the other words');
    expect(await status(second, entered)).toBe(401);
    await second.stop();
  });
});

test('whoever tries a passphrase too often is told when to try again', async ({ page }) => {
  await behindPassphrase(async (server) => {
    // At the border of two minutes twice as many get through.
    const tries = await Promise.all(Array.from({ length: 20 }, (_, at) => enter(server, `wrong ${at}`)));
    const statuses = tries.map((answer) => answer.status());
    expect(statuses.filter((status) => status === 403).length).toBeGreaterThanOrEqual(10);
    await page.goto(server.url);
    const tried = async () => {
      await page.getByLabel('Passphrase').fill('wrong again');
      const [answer] = await Promise.all([page.waitForResponse(/\/enter$/), page.getByRole('button').click()]);
      return answer.status();
    };
    let status = await tried();
    for (let more = 0; more < 10 && status === 403; more += 1) status = await tried();
    expect(status).toBe(429);
    await expect(page.getByRole('alert')).toHaveText(/too many tries. Please try again in \d+ seconds?\./);
  });
});

test('a form of another site lets nobody in and signs nobody out', async () => {
  await behindPassphrase(async (server) => {
    for (const origin of ['https://evil.example', `${server.url}.evil.example`, 'null', '']) {
      expect((await enter(server, passphrase, origin)).status(), origin).toBe(403);
      const out = await fetch(`${server.url}/sign-out`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...(origin ? { origin } : {}) },
      });
      expect(out.status, origin).toBe(403);
      expect(out.headers.get('set-cookie')).toBeNull();
    }
    expect((await enter(server, passphrase)).status()).toBe(303);
    // And nobody is sent on to another site.
    for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', '/r/cats\r\nx: y']) {
      expect((await enter(server, passphrase, server.url, to)).headers()['location']).toBe('/');
    }
  });
});

test('an address that is only looked at lets nobody in and signs nobody out', async () => {
  await behindPassphrase(async (server) => {
    const cookie = (await enter(server, passphrase)).headers()['set-cookie']?.split(';')[0] ?? '';
    // The first is what the page with a wrong passphrase is called; whoever asks for it again comes to the door.
    for (const [path, status, to] of [
      [`/enter?passphrase=${encodeURIComponent(passphrase)}`, 303, '/'],
      ['/sign-out', 404, null],
    ] as const) {
      const answer = await fetch(server.url + path, { headers: { cookie, origin: server.url }, redirect: 'manual' });
      const { headers } = answer;
      expect([answer.status, headers.get('location'), headers.get('set-cookie')], path).toEqual([status, to, null]);
    }
    expect((await fetch(`${server.url}/state/cats`, { headers: { cookie } })).status).toBe(200);
  });
});

test('what is posted is a small form', async () => {
  await behindPassphrase(async (server) => {
    const post = async (type: string, body: string) =>
      (await fetch(`${server.url}/enter`, { method: 'POST', headers: { 'content-type': type, origin: server.url }, body })).status;
    expect(await post('application/json', JSON.stringify({ passphrase }))).toBe(415);
    expect(await post('application/x-www-form-urlencoded', `passphrase=${'x'.repeat(4096)}`)).toBe(413);
    expect(await post('application/x-www-form-urlencoded', 'passphrase=%ff%fe&to=%00')).toBe(403);
  });
});

test('whoever their provider vouches for is who it says, and nobody else', async ({ page, context }) => {
  await behindProvider(async (server, provider) => {
    await page.goto(`${server.url}/r/cats`);
    await expect(page.getByRole('heading')).toHaveText('Sign in to enter');
    await page.getByRole('link', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(`${server.url}/r/cats`);
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    await expect(page.locator('.me-name')).toHaveText('Ann Oakley');
    await chat.sendMessage('hello');
    await expect(chat.messages.locator('.message-author')).toContainText('Ann Oakley');

    const second = await context.newPage();
    await second.goto(server.url);
    await expect(second.locator('.me-name')).toHaveText('Ann Oakley');

    const cookies = await context.cookies();
    const session = cookies.find(({ name }) => name.endsWith('guest'));
    expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
    const days = ((session?.expires ?? 0) - Date.now() / 1000) / 86_400;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
    expect(cookies.filter(({ name }) => name.endsWith('sign-in'))).toEqual([]);

    // A visit does not make it longer: the provider is to be asked again.
    expect((await page.request.get(`${server.url}/state/cats`)).headers()['set-cookie']).toBeUndefined();
    expect(server.log).not.toMatch(/code=|state=|eyJ|ann@example/);
    await leave(page);
  });
});

test('nobody behind a provider calls themselves something else', async ({ page }) => {
  await behindProvider(async (server) => {
    await page.goto(`${server.url}/sign-in?to=/r/cats`);
    const state = await (await page.request.get(`${server.url}/state/cats`)).json();
    const wire = await WireClient.open(socket(server, `&name=Queen&ticket=${encodeURIComponent(state.ticket)}`));
    expect((await wire.sendMessage('hi'))['author'].name).toBe('Ann Oakley');
    expect(await wire.request({ action: 'rename', name: 'Queen' }, 'welcome')).toMatchObject({ type: 'error', code: 'notAllowed' });
    expect((await wire.sendMessage('hi again'))['author'].name).toBe('Ann Oakley');
    wire.close();
    await expect(WireClient.open(socket(server))).rejects.toThrow(new ConnectError(401));
    const outside = await fetch(`${server.url}/state/cats`);
    expect([outside.status, await outside.json()]).toEqual([401, { access: 'oidc' }]);
    await leave(page);
  });
});

test('what somebody wrote is not said by whoever signs in after them, and waits for its author', async ({ page }) => {
  await behindProvider(async (server, provider) => {
    const signIn = () => page.goto(`${server.url}/sign-in?to=/r/cats`);
    const ann = provider.claims;
    const proxy = await SocketProxy.install(page);
    await signIn();
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    await proxy.disconnect();
    await chat.sendMessage('from ann');
    await chat.composer.fill('ann goes on');

    provider.claims = { sub: 'ben@example', name: 'Ben Carter' };
    await signIn();
    proxy.restore();
    await chat.waitForState('live');
    await expect(page.locator('.me-name')).toHaveText('Ben Carter');
    await expect(chat.composer).toHaveValue('');
    await chat.sendMessage('from ben');
    await expect(chat.messageWithText('from ben')).toHaveAttribute('data-state', 'sent');
    await chat.expectMessages('from ben');

    provider.claims = ann;
    await signIn();
    await expect(chat.messageWithText('from ann')).toHaveAttribute('data-state', 'sent');
    await expect(chat.composer).toHaveValue('ann goes on');
    await chat.expectMessages('from ben', 'from ann');
    await expect(chat.messages.locator('.message-author')).toContainText(['Ben Carter', 'Ann Oakley']);
  });
});

test('a tab does not go on as somebody else who signs in in another one', async ({ page, context }) => {
  await behindProvider(async (server, provider) => {
    const proxy = await SocketProxy.install(page);
    await page.goto(`${server.url}/sign-in?to=/r/cats`);
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    await proxy.disconnect();
    await chat.sendMessage('from ann');
    provider.claims = { sub: 'ben@example', name: 'Ben Carter' };
    const other = new ChatPage(await context.newPage());
    await other.page.goto(`${server.url}/sign-in?to=/r/cats`);
    await other.waitForState('live');
    proxy.restore();
    await expect(page.locator('.me-name')).toHaveText('Ben Carter');
    await chat.waitForState('live');
    await chat.sendMessage('from ben');
    await expect(other.messageWithText('from ben')).toHaveCount(1);
    for (const tab of [chat, other]) await tab.expectMessages('from ben');
  });
});

test('a claim makes moderators, and only the one that is set', async ({ browser }) => {
  await behindProvider(async (server, provider) => {
    for (const [groups, moderator] of [
      [['staff', 'chat-moderators'], true],
      ['chat-moderators', true],
      [['staff'], undefined],
    ] as const) {
      provider.claims = { sub: `person-${String(groups)}`, name: 'Somebody', groups };
      const context = await browser.newContext();
      await context.request.get(`${server.url}/sign-in?to=/r/cats`);
      const state = await (await context.request.get(`${server.url}/state/cats`)).json();
      expect(state.you.moderator, String(groups)).toBe(moderator);
      await context.close();
    }
  });
});

test('whoever signs out is asked again', async ({ page }) => {
  await behindProvider(async (server) => {
    await page.goto(`${server.url}/sign-in`);
    await expect(page.getByRole('log')).toBeVisible();
    const out = page.waitForResponse(/\/sign-out$/);
    await page.evaluate(() => {
      const form = document.createElement('form');
      [form.method, form.action] = ['post', '/sign-out'];
      document.body.append(form);
      form.submit();
    });
    expect(await (await out).headerValue('clear-site-data')).toBe('"cache", "storage"');
    await expect(page.getByRole('heading')).toHaveText('Sign in to enter');
    expect(await page.context().cookies()).toEqual([]);
    // A page empties its storage by itself, and tells its other windows by that.
    const byPage = await page.request.post(`${server.url}/sign-out`, { form: { by: 'page' }, headers: { origin: server.url }, maxRedirects: 0 });
    expect(byPage.headers()['clear-site-data']).toBe('"cache"');
  });
});

for (const fault of ['alg none', 'secret', 'another key', 'another nonce', 'another audience', 'expired'] satisfies ProviderFault[]) {
  test(`a token with ${fault} signs nobody in, and a good one after it does`, async ({ page }) => {
    await behindProvider(async (server, provider) => {
      provider.fault = fault;
      expect((await page.goto(`${server.url}/sign-in?to=/r/cats`))?.status()).toBe(502);
      await expect(page.getByRole('alert')).toHaveText('Signing in did not work. Please try again in a moment.');
      expect((await page.request.get(`${server.url}/state/cats`)).status()).toBe(401);
      expect(server.log).toContain('not signed in');

      provider.fault = undefined;
      await page.getByRole('link', { name: 'Sign in' }).click();
      await expect(page).toHaveURL(`${server.url}/r/cats`);
      await expect(page.getByRole('log')).toBeVisible();
      await leave(page);
    });
  });
}

test('a provider that refuses is a calm page, whatever it says', async ({ page }) => {
  await behindProvider(async (server, provider) => {
    provider.fault = 'denies';
    expect((await page.goto(`${server.url}/sign-in?to=/r/cats`))?.status()).toBe(403);
    await expect(page.getByRole('alert')).toHaveText('You were not let in there. You can try again.');
    await expect(page.getByText('not today')).toHaveCount(0);
    expect(server.log).not.toContain('not today');
    provider.fault = undefined;
    await page.getByRole('link', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(`${server.url}/r/cats`);
    await leave(page);
  });
});

test('a provider that is away or silent is said to be, in time', async ({ page }) => {
  await behindProvider(async (server, provider) => {
    provider.fault = 'silent';
    const begun = Date.now();
    expect((await page.goto(`${server.url}/sign-in`))?.status()).toBe(502);
    expect(Date.now() - begun).toBeLessThan(6_000);
    await expect(page.getByRole('alert')).toHaveText('Signing in did not work. Please try again in a moment.');
  });
});

test('a sign-in that was begun in another browser ends in none', async ({ browser }) => {
  await behindProvider(async (server, provider) => {
    const [attacker, victim] = [await browser.newContext(), await browser.newContext()];
    const begun = await attacker.request.get(`${server.url}/sign-in`, { maxRedirects: 0 });
    const consent = await attacker.request.get(begun.headers()['location'] ?? '', { maxRedirects: 0 });
    const back = consent.headers()['location'] ?? '';
    expect(back).toContain('/sign-in/callback?');
    const stranger = await victim.request.get(back, { maxRedirects: 0 });
    expect(stranger.status()).toBe(403);
    expect((await victim.request.get(`${server.url}/state/cats`)).status()).toBe(401);
    // In the browser in which it was begun it does end.
    expect((await attacker.request.get(back, { maxRedirects: 0 })).status()).toBe(303);
    expect(provider.keyRequests).toBe(1);
    await Promise.all([attacker.close(), victim.close()]);
  });
});

test('another site leads nobody through a provider that asks nothing, only to the door', async ({ page, context }) => {
  await behindProvider(async (server, provider) => {
    await context.route('http://another.test/', (route) => route.fulfill({ contentType: 'text/html', body: `<a href="${server.url}/sign-in?to=/r/cats">x</a>` }));
    await page.goto('http://another.test/');
    await page.getByRole('link').click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in to enter');
    expect([provider.keyRequests, await context.cookies()]).toEqual([0, []]);
    // It takes a deed of their own there.
    await page.getByRole('link', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(`${server.url}/r/cats`);
    expect((await (await page.request.get(`${server.url}/state/cats`)).json()).you.name).toBe('Ann Oakley');
    await leave(page);
  });
});

test('whoever comes back from a provider again and again is told to wait, and the provider is left alone', async ({ page }) => {
  await behindProvider(async (server) => {
    const back = () => page.request.get(`${server.url}/sign-in/callback?code=x&state=y`);
    // At the border of two minutes twice as many get through.
    const statuses: number[] = [];
    for (let tries = 0; tries < 250 && statuses.at(-1) !== 429; tries += 1) statuses.push((await back()).status());
    expect(statuses.indexOf(429)).toBeGreaterThanOrEqual(120);
    await page.goto(`${server.url}/sign-in/callback?code=x&state=y`);
    await expect(page.getByRole('alert')).toHaveText(/too many tries. Please try again in \d+ seconds?\./);
  });
});

test('a sign-in ends once, and coming back by its address a second time changes nothing', async ({ page, context }) => {
  await behindProvider(async (server, provider) => {
    const callback = page.waitForRequest(/\/sign-in\/callback\?/);
    await page.goto(`${server.url}/sign-in?to=/r/cats`);
    const back = (await callback).url();
    expect(back).toMatch(/code=.*state=|state=.*code=/);
    const who = async () => (await (await page.request.get(`${server.url}/state/cats`)).json()).you;
    const [ann, cookies] = [await who(), await context.cookies()];
    expect(ann.name).toBe('Ann Oakley');

    // Whoever the provider would vouch for now, this address is of no use to them.
    provider.claims = { sub: 'ben@example', name: 'Ben' };
    expect((await page.goto(back))?.status()).toBe(403);
    await expect(page.getByRole('alert')).toBeVisible();
    expect([await who(), await context.cookies()]).toEqual([ann, cookies]);
  });
});

test('a wrong setting ends the process with a sentence that names it', async () => {
  await withDataDir(async (data) => {
    for (const [flags, sentence] of [
      [['--access', 'passphrase'], '--passphrase is not set'],
      [['--access', 'passphrase', '--passphrase', 'short'], '--passphrase must have at least 12 characters'],
      [['--passphrase', 'open sesame'], '--passphrase is set, but has no use where access is open'],
      [['--access', 'oidc', '--oidc-client-id', 'chat'], '--oidc-issuer is not set'],
      [['--access', 'oidc', '--oidc-issuer', 'http://id.example', '--oidc-client-id', 'x'], '--oidc-issuer must be an address that begins with https://'],
      [['--access', 'closed'], 'must be open, passphrase or oidc'],
    ] as const) {
      const { code, stderr } = await LocalServer.startExpectingExit(data, ...flags);
      expect(code).not.toBe(0);
      expect(stderr).toContain(sentence);
    }
  });
});
