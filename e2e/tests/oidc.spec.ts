import { leave, socketUrl, withProviderServer } from '../support/access_servers.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import type { ProviderFault } from '../support/oidc_provider.ts';
import { SocketProxy } from '../support/socket_proxy.ts';
import { ConnectError, WireClient } from '../support/wire_client.ts';

// Sign-in with OpenID Connect. The access policy is a setting of the process, so each test starts its own server and provider.

test('a sign-in uses the provider’s identity for 30 days', async ({ page, context }) => {
  await withProviderServer(async (server, provider) => {
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

    // A visit does not extend the session, so the visitor has to sign in again after 30 days.
    expect((await page.request.get(`${server.url}/state/cats`)).headers()['set-cookie']).toBeUndefined();
    expect(server.log).not.toMatch(/code=|state=|eyJ|ann@example/);
    await leave(page);
  });
});

test('a signed-in person cannot change their name', async ({ page }) => {
  await withProviderServer(async (server) => {
    await page.goto(`${server.url}/sign-in?to=/r/cats`);
    const state = await (await page.request.get(`${server.url}/state/cats`)).json();
    const wire = await WireClient.open(socketUrl(server, `&name=Queen&ticket=${encodeURIComponent(state.ticket)}`));
    expect((await wire.sendMessage('hi'))['author'].name).toBe('Ann Oakley');
    expect(await wire.request({ action: 'rename', name: 'Queen' }, 'welcome')).toMatchObject({ type: 'error', code: 'notAllowed' });
    expect((await wire.sendMessage('hi again'))['author'].name).toBe('Ann Oakley');
    wire.close();
    await expect(WireClient.open(socketUrl(server))).rejects.toThrow(new ConnectError(401));
    const outside = await fetch(`${server.url}/state/cats`);
    expect([outside.status, await outside.json()]).toEqual([401, { access: 'oidc' }]);
    await leave(page);
  });
});

test('unsent messages wait for their author to sign in again', async ({ page }) => {
  await withProviderServer(async (server, provider) => {
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

test('a sign-in as another person in one tab resets the other tab', async ({ page, context }) => {
  await withProviderServer(async (server, provider) => {
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

test('only the configured claim makes a moderator', async ({ browser }) => {
  await withProviderServer(async (server, provider) => {
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

test('signing out asks for a new sign-in', async ({ page }) => {
  await withProviderServer(async (server) => {
    await page.goto(`${server.url}/sign-in`);
    await expect(page.getByRole('log')).toBeVisible();
    const response = page.waitForResponse(/\/sign-out$/);
    await page.evaluate(() => {
      const form = document.createElement('form');
      [form.method, form.action] = ['post', '/sign-out'];
      document.body.append(form);
      form.submit();
    });
    expect(await (await response).headerValue('clear-site-data')).toBe('"cache", "storage"');
    await expect(page.getByRole('heading')).toHaveText('Sign in to enter');
    expect(await page.context().cookies()).toEqual([]);
    // The page clears its storage itself, which tells its other tabs.
    const byPage = await page.request.post(`${server.url}/sign-out`, { form: { by: 'page' }, headers: { origin: server.url }, maxRedirects: 0 });
    expect(byPage.headers()['clear-site-data']).toBe('"cache"');
  });
});

for (const fault of ['alg none', 'secret', 'another key', 'another nonce', 'another audience', 'expired'] satisfies ProviderFault[]) {
  test(`a token with ${fault} is rejected, a valid one accepted`, async ({ page }) => {
    await withProviderServer(async (server, provider) => {
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

test('a denied sign-in shows an error without the provider’s text', async ({ page }) => {
  await withProviderServer(async (server, provider) => {
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

test('an unresponsive provider shows an error in time', async ({ page }) => {
  await withProviderServer(async (server, provider) => {
    provider.fault = 'silent';
    const started = Date.now();
    expect((await page.goto(`${server.url}/sign-in`))?.status()).toBe(502);
    expect(Date.now() - started).toBeLessThan(6_000);
    await expect(page.getByRole('alert')).toHaveText('Signing in did not work. Please try again in a moment.');
  });
});

test('a sign-in cannot be finished in another browser', async ({ browser }) => {
  await withProviderServer(async (server, provider) => {
    const [attacker, victim] = [await browser.newContext(), await browser.newContext()];
    const started = await attacker.request.get(`${server.url}/sign-in`, { maxRedirects: 0 });
    const consent = await attacker.request.get(started.headers()['location'] ?? '', { maxRedirects: 0 });
    const callback = consent.headers()['location'] ?? '';
    expect(callback).toContain('/sign-in/callback?');
    const stranger = await victim.request.get(callback, { maxRedirects: 0 });
    expect(stranger.status()).toBe(403);
    expect((await victim.request.get(`${server.url}/state/cats`)).status()).toBe(401);
    // The browser that started it can finish it.
    expect((await attacker.request.get(callback, { maxRedirects: 0 })).status()).toBe(303);
    expect(provider.keyRequests).toBe(1);
    await Promise.all([attacker.close(), victim.close()]);
  });
});

test('a link on another site cannot start a sign-in', async ({ page, context }) => {
  await withProviderServer(async (server, provider) => {
    await context.route('http://another.test/', (route) => route.fulfill({ contentType: 'text/html', body: `<a href="${server.url}/sign-in?to=/r/cats">x</a>` }));
    await page.goto('http://another.test/');
    await page.getByRole('link').click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Sign in to enter');
    expect([provider.keyRequests, await context.cookies()]).toEqual([0, []]);
    // The visitor has to follow the link on the sign-in page.
    await page.getByRole('link', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(`${server.url}/r/cats`);
    expect((await (await page.request.get(`${server.url}/state/cats`)).json()).you.name).toBe('Ann Oakley');
    await leave(page);
  });
});

test('too many sign-in callbacks are rate-limited', async ({ page }) => {
  await withProviderServer(async (server) => {
    const callback = () => page.request.get(`${server.url}/sign-in/callback?code=x&state=y`);
    // If the minute changes during the test, twice as many attempts get through.
    const statuses: number[] = [];
    for (let tries = 0; tries < 250 && statuses.at(-1) !== 429; tries += 1) statuses.push((await callback()).status());
    expect(statuses.indexOf(429)).toBeGreaterThanOrEqual(120);
    await page.goto(`${server.url}/sign-in/callback?code=x&state=y`);
    await expect(page.getByRole('alert')).toHaveText(/too many tries. Please try again in \d+ seconds?\./);
  });
});

test('a sign-in callback works once', async ({ page, context }) => {
  await withProviderServer(async (server, provider) => {
    const callback = page.waitForRequest(/\/sign-in\/callback\?/);
    await page.goto(`${server.url}/sign-in?to=/r/cats`);
    const callbackUrl = (await callback).url();
    expect(callbackUrl).toMatch(/code=.*state=|state=.*code=/);
    const currentPerson = async () => (await (await page.request.get(`${server.url}/state/cats`)).json()).you;
    const [ann, cookies] = [await currentPerson(), await context.cookies()];
    expect(ann.name).toBe('Ann Oakley');

    // The callback URL is used up, no matter who is signed in at the provider now.
    provider.claims = { sub: 'ben@example', name: 'Ben' };
    expect((await page.goto(callbackUrl))?.status()).toBe(403);
    await expect(page.getByRole('alert')).toBeVisible();
    expect([await currentPerson(), await context.cookies()]).toEqual([ann, cookies]);
  });
});
