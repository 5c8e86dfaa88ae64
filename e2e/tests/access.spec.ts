import { expectAccessible } from '../support/axe.ts';
import { leave, passphrase, postPassphrase, socketUrl, withPassphraseServer, withProviderServer } from '../support/access_servers.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { becomeOwner } from '../support/owner.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { ConnectError, WireClient } from '../support/wire_client.ts';

// Open access and passphrases. The access policy is a setting of the process, so each test starts its own server.

test('an open chat has no sign-in and no passphrase', async ({ deployment, page }) => {
  await ChatPage.open(page, deployment, 'lobby');
  for (const path of ['/sign-in', '/sign-in/callback?code=x&state=y']) {
    expect((await page.request.get(deployment.pageUrl('lobby') + path.slice(1))).status()).toBe(404);
  }
  expect((await page.request.post(deployment.pageUrl('lobby') + 'enter', { form: { passphrase: 'x' } })).status()).toBe(405);
});

test('the passphrase opens the requested room and keeps the session', async ({ page, context }) => {
  await withPassphraseServer(async (server) => {
    expect((await page.goto(`${server.url}/r/cats`))?.status()).toBe(200);
    await expect(page.getByRole('heading')).toHaveText('Enter the passphrase');
    const field = page.getByLabel('Passphrase');
    await expect(field).toBeFocused();
    await expect(field).toHaveAttribute('autocomplete', 'current-password');
    await expect(field).toHaveAttribute('type', 'password');
    // A password manager stores the passphrase under this name.
    const name = page.locator('form input[name=username]');
    await expect(name).toHaveAttribute('autocomplete', 'username');
    await expect(name).toHaveValue('chat');
    await expect(name).toBeHidden();

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

    // A second tab has the same session and does not ask for the passphrase.
    const second = await context.newPage();
    await second.goto(`${server.url}/r/cats`);
    await expect(second.getByText('hello inside')).toBeVisible();
    const mine = (await page.locator('.me-name').textContent()) ?? '';
    await expect(second.locator('.me-name')).toHaveText(mine);
    expect(server.log).not.toContain(passphrase);
  });
});

test('signing out warns first and signs out every tab', async ({ page, context }) => {
  await withPassphraseServer(async (server) => {
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
    const signOut = dialog.getByRole('button', { name: 'Sign out' });
    await signOut.click();
    await expect(dialog).toContainText('You will be somebody new when you come back.');
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(signOut).toBeFocused();
    await expect(dialog).not.toContainText('You will be somebody new when you come back.');
    await signOut.click();
    await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
    await signOut.click();
    for (const { page } of [chat, other]) {
      await expect(page.getByRole('heading', { name: 'Enter the passphrase' })).toBeVisible();
      expect(await page.evaluate(() => ({ ...localStorage, ...sessionStorage }))).toEqual({});
    }
  });
});

test('an owner who signs out is told that they will be none', async ({ page }) => {
  await withPassphraseServer(async (server) => {
    await page.goto(`${server.url}/`);
    await page.getByLabel('Passphrase').fill(passphrase);
    await page.getByRole('button', { name: 'Enter' }).click();
    const dialog = page.getByRole('dialog', { name: 'You and your data' });
    for (const isOwner of [false, true]) {
      if (isOwner) await becomeOwner(page, server);
      await new ChatPage(page).waitForState('live');
      await page.locator('.me').click();
      await page.getByRole('button', { name: 'You and your data' }).click();
      await dialog.getByRole('button', { name: 'Sign out' }).click();
      await expect(dialog).toContainText('You will be somebody new when you come back.');
      await expect(dialog.getByText('Without an owner nobody can manage the chat.')).toHaveCount(isOwner ? 1 : 0);
      await expectAccessible(page);
    }
    await leave(page);
  });
});

test('a lost session asks for the passphrase again', async ({ page, context }) => {
  await withPassphraseServer(async (server) => {
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

test('the passphrase page is localised and works without scripts', async ({ browser }) => {
  await withPassphraseServer(async (server) => {
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

test('the passphrase and sign-in pages are accessible on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await withPassphraseServer(async (server) => {
    await page.goto(server.url);
    await expectAccessible(page);
    await page.getByLabel('Passphrase').fill('not it');
    await page.getByLabel('Passphrase').press('Enter');
    await expect(page.getByRole('alert')).toBeVisible();
    await expectAccessible(page);
  });
  await withProviderServer(async (server) => {
    await page.goto(server.url);
    await expectAccessible(page);
  });
});

test('nothing of a room is visible without the passphrase', async () => {
  await withPassphraseServer(async (server) => {
    const inside = await postPassphrase(server, passphrase);
    expect(inside.status()).toBe(303);
    expect(inside.headers()['location']).toBe('/r/cats');
    const cookie = inside.headers()['set-cookie']?.split(';')[0] ?? '';
    const state = await (await fetch(`${server.url}/state/cats`, { headers: { cookie } })).json();
    const wire = await WireClient.open(socketUrl(server, `&ticket=${encodeURIComponent(state.ticket)}`));
    await wire.sendMessage('only for those inside');

    const page = await fetch(`${server.url}/r/cats`);
    expect(await page.text()).not.toContain('only for those');
    const outside = await fetch(`${server.url}/state/cats`);
    expect(outside.status).toBe(401);
    expect(await outside.json()).toEqual({ access: 'passphrase' });
    expect(outside.headers.get('set-cookie')).toBeNull();
    await expect(WireClient.open(socketUrl(server))).rejects.toThrow(new ConnectError(401));
    await expect(WireClient.open(socketUrl(server, '&ticket=x.y'))).rejects.toThrow(new ConnectError(401));
    wire.close();
  });
});

test('a cookie of another access policy is rejected', async () => {
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
    const session = await cookieOf(await postPassphrase(first, 'the first words'));
    expect(await status(first, session)).toBe(200);
    await first.stop();

    const second = await LocalServer.start(data, '--access', 'passphrase', '--passphrase', 'the other words');
    expect(await status(second, session)).toBe(401);
    await second.stop();
  });
});

test('too many passphrase attempts are rate-limited', async ({ page }) => {
  await withPassphraseServer(async (server) => {
    // If the minute changes during the test, twice as many attempts get through.
    const attempts = await Promise.all(Array.from({ length: 20 }, (_, at) => postPassphrase(server, `wrong ${at}`)));
    const statuses = attempts.map((answer) => answer.status());
    expect(statuses.filter((status) => status === 403).length).toBeGreaterThanOrEqual(10);
    await page.goto(server.url);
    const attempt = async () => {
      await page.getByLabel('Passphrase').fill('wrong again');
      const [answer] = await Promise.all([page.waitForResponse(/\/enter$/), page.getByRole('button', { name: 'Enter' }).click()]);
      return answer.status();
    };
    let status = await attempt();
    for (let more = 0; more < 10 && status === 403; more += 1) status = await attempt();
    expect(status).toBe(429);
    await expect(page.getByRole('alert')).toHaveText(/too many tries. Please try again in \d+ seconds?\./);
  });
});

test('forms of other sites cannot sign in or out', async () => {
  await withPassphraseServer(async (server) => {
    for (const origin of ['https://evil.example', `${server.url}.evil.example`, 'null', '']) {
      expect((await postPassphrase(server, passphrase, origin)).status(), origin).toBe(403);
      const signOut = await fetch(`${server.url}/sign-out`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...(origin ? { origin } : {}) },
      });
      expect(signOut.status, origin).toBe(403);
      expect(signOut.headers.get('set-cookie')).toBeNull();
    }
    expect((await postPassphrase(server, passphrase)).status()).toBe(303);
    // Redirects lead to paths of the chat only.
    for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', '/r/cats\r\nx: y']) {
      expect((await postPassphrase(server, passphrase, server.url, to)).headers()['location']).toBe('/');
    }
  });
});

test('GET requests cannot sign in or out', async () => {
  await withPassphraseServer(async (server) => {
    const cookie = (await postPassphrase(server, passphrase)).headers()['set-cookie']?.split(';')[0] ?? '';
    // The first is the address of the page after a wrong passphrase. Reloading it leads to the passphrase page.
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

test('the passphrase form limits type, size and encoding', async () => {
  await withPassphraseServer(async (server) => {
    const post = async (type: string, body: string) =>
      (await fetch(`${server.url}/enter`, { method: 'POST', headers: { 'content-type': type, origin: server.url }, body })).status;
    expect(await post('application/json', JSON.stringify({ passphrase }))).toBe(415);
    expect(await post('application/x-www-form-urlencoded', `passphrase=${'x'.repeat(4096)}`)).toBe(413);
    expect(await post('application/x-www-form-urlencoded', 'passphrase=%ff%fe&to=%00')).toBe(403);
  });
});

test('invalid access settings stop the process with a sentence', async () => {
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
