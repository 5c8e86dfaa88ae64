import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { ChatPage } from './chat_page.ts';
import { test as base, type Home } from './fixtures.ts';
import { Local, withData } from './local.ts';

export { expect } from './fixtures.ts';

/** Somebody in a browser of their own, in a room. */
export type Person = { page: Page; chat: ChatPage; context: BrowserContext; id: string };

/** A home of a test's own, with somebody in it who keeps order. */
export type Ordered = {
  home: Home;
  /** The moderator, on the page of the room. */
  mona: Person;
  /** Opens the room's page as somebody new. */
  guest: (name?: string) => Promise<Person>;
  /** Starts the home anew, on the same data and with other flags. */
  restart: (...flags: string[]) => Promise<void>;
};

type Fixtures = { flags: string[]; device: BrowserContextOptions; order: Ordered };

/**
 * Who a moderator is has to be said to the binary by their id, which only their first visit makes: so they visit once, and
 * the binary is started anew on the same data and the same port with `--moderators <id>`. Only at home: on AWS a parameter
 * of the stack says it.
 */
export const test = base.extend<Fixtures>({
  flags: [[], { option: true }],
  /** What everybody's browser is like. */
  device: [{}, { option: true }],

  order: async ({ browser, room, flags, device }, use) => {
    await withData(async (data) => {
      let local = await Local.start(data, ...flags);
      const open: BrowserContext[] = [];
      const port = new URL(local.url).port;
      // The later port wins: a page and its cookie keep their address over a restart.
      const again = async (...more: string[]) => {
        await local.stop();
        local = await Local.start(data, '--port', port, ...flags, ...more);
      };
      const home = at(local.url);
      const visit = (name?: string) => come(browser, device, home, room, open, name);
      const first = await visit('Mona');
      await again('--moderators', first.id);
      const mona = { ...first, chat: await ChatPage.open(first.page, home, room) };
      await use({ home, mona, guest: visit, restart: (...more) => again('--moderators', first.id, ...more) });
      for (const context of open) await context.close();
      await local.stop();
    });
  },
});

function at(url: string): Home {
  return {
    name: 'local',
    page: (room) => (room === 'lobby' ? `${url}/` : `${url}/r/${room}`),
    socket: (room) => `${url.replace('http', 'ws')}/ws?room=${room}`,
  };
}

async function come(browser: Browser, device: BrowserContextOptions, home: Home, room: string, open: BrowserContext[], name?: string): Promise<Person> {
  const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block', ...device });
  open.push(context);
  if (name) await context.addCookies([{ name: 'name', value: encodeURIComponent(name), url: home.page('lobby') }]);
  const page = await context.newPage();
  const chat = await ChatPage.open(page, home, room);
  return { page, chat, context, id: await idOf(page) };
}

/** Who the visitor of a page is. */
export async function idOf(page: Page): Promise<string> {
  return page.evaluate(() => JSON.parse(document.getElementById('page-state')!.textContent!).you.id);
}
