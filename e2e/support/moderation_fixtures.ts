import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { ChatPage } from './chat_page.ts';
import { test as base, type Deployment } from './fixtures.ts';
import { LocalServer, withDataDir } from './local_server.ts';

export { expect } from './fixtures.ts';

/** A person in a room, in a browser context of their own. */
export type Person = { page: Page; chat: ChatPage; context: BrowserContext; id: string };

/** A local server of the test's own, with one moderator in a room. */
export type Moderated = {
  deployment: Deployment;
  /** The moderator, on the room's page. */
  mona: Person;
  /** Opens the room's page as a new guest. */
  openAsGuest: (name?: string) => Promise<Person>;
  /** Restarts the server on the same data and port, with additional flags. */
  restart: (...flags: string[]) => Promise<void>;
};

type Fixtures = { flags: string[]; device: BrowserContextOptions; moderated: Moderated };

/** The reason to skip a test of moderation on the stack. */
export const localOnly = 'only the local binary lets a test choose its moderators';

/**
 * Provides a moderator. The binary is told its moderators by id, and an id exists only after the first visit. So the future
 * moderator requests the page once, and the binary is restarted on the same data and port with `--moderators <id>`. Local only: on AWS
 * moderators are a parameter of the stack.
 */
export const test = base.extend<Fixtures>({
  flags: [[], { option: true }],
  /** The context options of every browser in the test. */
  device: [{}, { option: true }],

  moderated: async ({ browser, room, flags, device }, use) => {
    await withDataDir(async (data) => {
      let server = await LocalServer.start(data, ...flags);
      const open: BrowserContext[] = [];
      const port = new URL(server.url).port;
      // The last --port flag wins. Pages and cookies keep their address over the restart.
      const restart = async (...more: string[]) => {
        await server.stop();
        server = await LocalServer.start(data, '--port', port, ...flags, ...more);
      };
      const deployment = deploymentAt(server.url);
      const newContext = async (name?: string) => {
        const context = await newNamedContext(browser, device, deployment, name);
        open.push(context);
        return context;
      };
      const openAsGuest = async (name?: string) => openPage(await newContext(name), deployment, room);
      const ofMona = await newContext('Mona');
      const id = await visit(ofMona, deployment.pageUrl(room));
      await restart('--moderators', id);
      const mona = await openPage(ofMona, deployment, room);
      await use({ deployment, mona, openAsGuest, restart: (...more) => restart('--moderators', id, ...more) });
      for (const context of open) await context.close();
      await server.stop();
    });
  },
});

function deploymentAt(url: string): Deployment {
  return {
    name: 'local',
    pageUrl: (room) => (room === 'lobby' ? `${url}/` : `${url}/r/${room}`),
    socketUrl: (room) => `${url.replace('http', 'ws')}/ws?room=${room}`,
  };
}

async function newNamedContext(browser: Browser, device: BrowserContextOptions, deployment: Deployment, name?: string): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block', ...device });
  if (name) await context.addCookies([{ name: 'name', value: encodeURIComponent(name), url: deployment.pageUrl('lobby') }]);
  return context;
}

/** Requests a page, whose cookies the context keeps, without loading it. Returns the id of the new person. */
async function visit(context: BrowserContext, url: string): Promise<string> {
  const html = await (await context.request.get(url)).text();
  const state = /<script type="application\/json" id="page-state">(.*?)<\/script>/s.exec(html)?.[1];
  if (!state) throw new Error(`the page has no state:\n${html}`);
  return JSON.parse(state).you.id;
}

async function openPage(context: BrowserContext, deployment: Deployment, room: string): Promise<Person> {
  const page = await context.newPage();
  const chat = await ChatPage.open(page, deployment, room);
  return { page, chat, context, id: await sessionPersonId(page) };
}

/** Returns the id of the person whose session a page has. */
export async function sessionPersonId(page: Page): Promise<string> {
  return page.evaluate(() => JSON.parse(document.getElementById('page-state')!.textContent!).you.id);
}
