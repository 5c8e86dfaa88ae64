import { test as base, expect } from '@playwright/test';
import { Local, withData } from './local.ts';
import { oneAddress } from './one_address.ts';
import { needed } from './settings.ts';
import { Wire } from './wire.ts';

export { expect };

/** Where the chat lives: the same tests hold on both homes. */
export type Home = {
  name: 'local' | 'stack';
  /** The address of a room's page. */
  page(room: string): string;
  /** The address of a room's socket; the room is not checked, so that a bad one can be asked for. */
  socket(room: string): string;
};

/** What a refused socket is told: the stand-in for API Gateway says 403, whatever its `$connect` function says. */
export const refusal = (home: Home, status: number): number => (home.name === 'stack' ? 403 : status);

/** The cookie by which a visitor is known: the stack is come to by HTTPS. */
export const guestCookie = (home: Home): string => (home.name === 'stack' ? '__Host-guest' : 'guest');

export type HomeOptions = { homeName: 'local' | 'stack' };

type Fixtures = {
  /** A room that nobody else is in. */
  room: string;
  /** Opens a bare socket that is closed when the test ends; `who` may have a `ticket` and a `name`. */
  wire: (room: string, who?: Record<string, string>) => Promise<Wire>;
  /** What the pages of a test tried that their policy forbids. It is to be nothing when the test ends. */
  violations: string[];
};

export const test = base.extend<Fixtures, HomeOptions & { home: Home }>({
  homeName: ['local', { scope: 'worker', option: true }],

  home: [
    async ({ homeName }, use, { parallelIndex }) => {
      const places = (url: string, socket: string): Home => ({
        name: homeName,
        page: (room) => (room === 'lobby' ? `${url}/` : `${url}/r/${encodeURIComponent(room)}`),
        socket: (room) => `${socket}?room=${encodeURIComponent(room)}`,
      });
      if (homeName === 'local') {
        await withData(async (data) => {
          const local = await Local.start(data);
          await use(places(local.url, `${local.url.replace('http', 'ws')}/ws`));
          await local.stop();
        });
      } else {
        const address = await oneAddress(Number(needed('STACK_PAGE_PORTS').split(',')[parallelIndex]));
        await use(places(address.url, needed('STACK_SOCKET')));
        await address.close();
      }
    },
    { scope: 'worker' },
  ],

  room: async ({}, use) => use(`t-${crypto.randomUUID().slice(0, 13)}`),

  wire: async ({ home }, use) => {
    const open: Wire[] = [];
    await use(async (room, who = {}) => {
      const query = Object.entries(who).map(([key, value]) => `&${key}=${encodeURIComponent(value)}`);
      const wire = await Wire.open(home.socket(room) + query.join(''));
      open.push(wire);
      return wire;
    });
    for (const wire of open) wire.close();
  },

  // Every page of a test is listened to, those in further windows of the browser as well.
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
      expect(violations, 'what a page tried and may not').toEqual([]);
    },
    { auto: true },
  ],

  // A page that breaks says so in its console, and a test that passes over it proves nothing.
  page: async ({ page }, use) => {
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      if (/panicked|hydrat|unreachable/i.test(text) && message.type() === 'error') broken.push(text);
    });
    await use(page);
    expect(broken, 'what the page said went wrong').toEqual([]);
  },
});
