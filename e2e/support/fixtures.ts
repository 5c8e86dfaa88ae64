import { test as base, expect } from '@playwright/test';
import { LocalServer, withDataDir } from './local_server.ts';
import { requireEnv } from './settings.ts';
import { startStackProxy, type StackProxy } from './stack_proxy.ts';
import { WireClient } from './wire_client.ts';

export { expect };

/** Where the chat runs. The same tests have to pass on both deployments: the local binary and the stack on AWS. */
export type Deployment = {
  name: 'local' | 'stack';
  /** Returns the address of a room's page. */
  pageUrl(room: string): string;
  /** Returns the address of a room's socket. The room is not validated, so that tests can ask for an invalid one. */
  socketUrl(room: string): string;
};

/** Returns the status of a picture that is not there. S3 answers 403 to those who may not list the bucket, as CloudFront may not. */
export const noPicture = (deployment: Deployment): number => (deployment.name === 'stack' ? 403 : 404);

/** Returns the status of a rejected socket. The AWS emulator answers 403, whatever the `$connect` function returns. */
export const rejectionStatus = (deployment: Deployment, status: number): number => (deployment.name === 'stack' ? 403 : status);

/** Returns the name of the session cookie. The stack is served over HTTPS. */
export const guestCookie = (deployment: Deployment): string => (deployment.name === 'stack' ? '__Host-guest' : 'guest');

export type DeploymentOptions = { deploymentName: 'local' | 'stack' };

type Fixtures = {
  /** A room that no other test uses. */
  room: string;
  /** Opens a socket without a page and closes it when the test ends. `query` may contain a `ticket` and a `name`. */
  connect: (room: string, query?: Record<string, string>) => Promise<WireClient>;
  clientAddress: void;
  /** The policy violations of all pages of the test. The list has to be empty when the test ends. */
  violations: string[];
};

export const test = base.extend<Fixtures, DeploymentOptions & { deployment: Deployment; stackProxy: StackProxy | undefined }>({
  deploymentName: ['local', { scope: 'worker', option: true }],

  stackProxy: [
    async ({ deploymentName }, use, { parallelIndex }) => {
      if (deploymentName !== 'stack') return use(undefined);
      const proxy = await startStackProxy(Number(requireEnv('STACK_PAGE_PORTS').split(',')[parallelIndex]));
      await use(proxy);
      await proxy.close();
    },
    { scope: 'worker' },
  ],

  // Limits that count the requests of an address count those of one test.
  clientAddress: [
    async ({ stackProxy }, use) => {
      if (stackProxy) stackProxy.clientAddress = ['10', ...crypto.getRandomValues(new Uint8Array(3))].join('.');
      await use();
    },
    { auto: true },
  ],

  deployment: [
    async ({ deploymentName, stackProxy }, use) => {
      const deploymentAt = (url: string, socket: string): Deployment => ({
        name: deploymentName,
        pageUrl: (room) => (room === 'lobby' ? `${url}/` : `${url}/r/${encodeURIComponent(room)}`),
        socketUrl: (room) => `${socket}?room=${encodeURIComponent(room)}`,
      });
      if (stackProxy) {
        await use(deploymentAt(stackProxy.url, requireEnv('STACK_SOCKET')));
      } else {
        await withDataDir(async (data) => {
          const server = await LocalServer.start(data);
          await use(deploymentAt(server.url, `${server.url.replace('http', 'ws')}/ws`));
          await server.stop();
        });
      }
    },
    { scope: 'worker' },
  ],

  room: async ({}, use) => use(`t-${crypto.randomUUID().slice(0, 13)}`),

  connect: async ({ deployment }, use) => {
    const open: WireClient[] = [];
    await use(async (room, query = {}) => {
      const parameters = Object.entries(query).map(([key, value]) => `&${key}=${encodeURIComponent(value)}`);
      const client = await WireClient.open(deployment.socketUrl(room) + parameters.join(''));
      open.push(client);
      return client;
    });
    for (const client of open) client.close();
  },

  // Listens to every page of a test, including those in further browser contexts.
  violations: [
    async ({ browser }, use) => {
      const violations: string[] = [];
      const newContext = browser.newContext;
      browser.newContext = async (options) => {
        const context = await newContext.call(browser, options);
        context.on('console', (message) => {
          if (/Content Security Policy|Permissions-Policy/.test(message.text())) violations.push(message.text());
        });
        return context;
      };
      await use(violations);
      browser.newContext = newContext;
      expect(violations, 'policy violations of the pages').toEqual([]);
    },
    { auto: true },
  ],

  // Fails a test whose page reports a crash in its console: a test that ignores it proves nothing.
  page: async ({ page }, use) => {
    const crashes: string[] = [];
    page.on('pageerror', (error) => crashes.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      if (/panicked|hydrat|unreachable/i.test(text) && message.type() === 'error') crashes.push(text);
    });
    await use(page);
    expect(crashes, 'crashes that the page reported').toEqual([]);
  },
});
