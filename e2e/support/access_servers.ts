import { request, type Page } from '@playwright/test';
import { LocalServer, withDataDir } from './local_server.ts';
import { OidcProvider } from './oidc_provider.ts';

/** The passphrase of the servers that these helpers start. */
export const passphrase = 'open sesame 開けゴマ';

/** Returns the address of the socket of room `cats`. */
export const socketUrl = (server: LocalServer, query = '') => `${server.url.replace('http', 'ws')}/ws?room=cats${query}`;

/** Runs a local server that asks for the passphrase. */
export async function withPassphraseServer(use: (server: LocalServer) => Promise<void>): Promise<void> {
  await withDataDir(async (data) => {
    const server = await LocalServer.start(data, '--access', 'passphrase', '--passphrase', passphrase);
    await use(server);
    await server.stop();
  });
}

/** Runs a local server whose visitors sign in at a provider, and the provider. */
export async function withProviderServer(use: (server: LocalServer, provider: OidcProvider) => Promise<void>): Promise<void> {
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

/** Posts the passphrase form, as the page does. */
export async function postPassphrase(server: LocalServer, value: string, origin = server.url, to = '/r/cats') {
  const context = await request.newContext();
  const form = { passphrase: value, to };
  return context.post(`${server.url}/enter`, { form, headers: origin ? { origin } : {}, maxRedirects: 0 });
}

/** Navigates away before the server stops. A page that is still loading its WebAssembly module would report a crash. */
export const leave = (page: Page) => page.goto('about:blank');
