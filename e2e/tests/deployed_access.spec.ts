import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { startStackProxy } from '../support/stack_proxy.ts';
import { OidcProvider } from '../support/oidc_provider.ts';
import { requireEnv } from '../support/settings.ts';
import { ConnectError, WireClient } from '../support/wire_client.ts';

// Two deployed stacks behind a door: their functions know the page by one address, and its port can be taken but once.
test.describe.configure({ mode: 'serial' });

async function behind(door: 'PASSPHRASE' | 'OIDC', use: (url: string, socket: string) => Promise<void>): Promise<void> {
  const address = await startStackProxy(Number(requireEnv(`STACK_${door}_PORT`)), `STACK_${door}`);
  await use(address.url, requireEnv(`STACK_${door}_SOCKET`));
  await address.close();
}

test('a deployed door opens with its passphrase, and a form of another site opens nothing', async ({ page, room }) => {
  await behind('PASSPHRASE', async (url, socket) => {
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
  });
});

test('a deployed door opens for whoever the provider vouches for, and not for a forged token', async ({ page, room }) => {
  const provider = await OidcProvider.start(Number(requireEnv('STACK_PROVIDER_PORT')));
  await behind('OIDC', async (url, socket) => {
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
