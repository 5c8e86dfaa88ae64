import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { makeInvitation } from '../support/invitations.ts';
import { startStackProxy } from '../support/stack_proxy.ts';
import { OidcProvider } from '../support/oidc_provider.ts';
import { requireEnv } from '../support/settings.ts';
import { ConnectError, WireClient } from '../support/wire_client.ts';

// Two deployed stacks with an access policy. Their functions accept one page origin, whose port only one test can use at a time.
test.describe.configure({ mode: 'serial' });

async function withStack(access: 'PASSPHRASE' | 'OIDC', use: (url: string, socket: string) => Promise<void>): Promise<void> {
  const proxy = await startStackProxy(Number(requireEnv(`STACK_${access}_PORT`)), `STACK_${access}`);
  await use(proxy.url, requireEnv(`STACK_${access}_SOCKET`));
  await proxy.close();
}

test('the stack admits the passphrase and rejects foreign forms', async ({ page, room }) => {
  await withStack('PASSPHRASE', async (url, socket) => {
    const state = await fetch(`${url}/state/${room}`);
    expect([state.status, await state.json()]).toEqual([401, { access: 'passphrase' }]);
    await expect(WireClient.open(`${socket}?room=${room}`)).rejects.toThrow(ConnectError);

    await page.goto(`${url}/r/${room}`);
    await page.getByLabel('Passphrase').fill('not this one');
    await page.getByRole('button', { name: 'Enter' }).click();
    await expect(page.getByRole('alert')).toHaveText('This is not the passphrase. Please try again.');
    await page.getByLabel('Passphrase').fill(requireEnv('STACK_PASSPHRASE'));
    await page.getByRole('button', { name: 'Enter' }).click();
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    await chat.sendMessage('let in');
    await chat.expectMessages('let in');

    const form = { passphrase: requireEnv('STACK_PASSPHRASE') };
    const foreign = await page.request.post(`${url}/enter`, { form, headers: { origin: 'https://evil.example' } });
    expect(foreign.status()).toBe(403);

    const body = new URLSearchParams({ token: 'AQIDBAUGBwgJCgsMDQ4PEBES' });
    const forged = await fetch(`${url}/invite`, { method: 'POST', body, headers: { origin: url, 'accept-language': 'en' } });
    expect([forged.status, await forged.text()]).toEqual([403, expect.stringContaining('This invitation is not known here.')]);
  });
});

test('the stack has an owner, whose invitations let people in until they are used or revoked', async ({ page, browser, room }) => {
  await withStack('PASSPHRASE', async (url) => {
    const link = new URL(requireEnv('STACK_OWNER_LINK'));
    await page.goto(url + link.pathname + link.hash);
    await page.getByRole('button', { name: 'Become the owner' }).click();
    await new ChatPage(page).waitForState('live');
    for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 800 }]) {
      await page.setViewportSize(viewport);
      await page.goto(`${url}/r/${room}`);
      await new ChatPage(page).waitForState('live');
      const open = async (address: string) => {
        const guest = await (await browser.newContext({ locale: 'en-GB', viewport })).newPage();
        await guest.goto(address);
        await guest.getByRole('button', { name: 'Enter' }).click();
        return guest;
      };
      const invitation = await makeInvitation(page);
      const invited = await open(invitation);
      await new ChatPage(invited).waitForState('live');
      expect(invited.url()).toBe(`${url}/r/${room}`);
      const late = await open(invitation);
      await expect(late.getByRole('alert')).toHaveText('This invitation is used up. Please ask the person who sent it for a new one.');

      const revoked = await makeInvitation(page, '10 people');
      const dialog = page.getByRole('dialog', { name: 'Invite people' });
      await dialog.getByRole('button', { name: 'Revoke' }).first().click();
      await expect(dialog.getByText('Revoked, used by 0 of 10.').first()).toBeVisible();
      await expectAccessible(page);
      const refused = await open(revoked);
      await expect(refused.getByRole('alert')).toHaveText('This invitation is not valid any more. Please ask the person who sent it for a new one.');
      for (const opened of [invited, late, refused]) await opened.context().close();
    }
  });
});

test('the stack admits provider sign-ins and rejects forged tokens', async ({ page, room }) => {
  const provider = await OidcProvider.start(Number(requireEnv('STACK_PROVIDER_PORT')));
  await withStack('OIDC', async (url, socket) => {
    const state = await fetch(`${url}/state/${room}`);
    expect([state.status, await state.json()]).toEqual([401, { access: 'oidc' }]);
    await expect(WireClient.open(`${socket}?room=${room}`)).rejects.toThrow(ConnectError);

    await page.goto(`${url}/r/${room}`);
    provider.fault = 'another key';
    await page.getByRole('link', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toHaveText('Signing in did not work. Please try again in a moment.');
    provider.fault = undefined;
    await page.getByRole('link', { name: 'Sign in' }).click();
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    await expect(page.locator('.me-name')).toHaveText('Ann Oakley');
    await chat.sendMessage('signed in');
    await chat.expectMessages('signed in');
    await expect(chat.messages.locator('.message-author')).toContainText('Ann Oakley');
  });
  await provider.stop();
});
