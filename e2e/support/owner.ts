import type { Browser, BrowserContext, Page } from '@playwright/test';
import { ChatPage } from './chat_page.ts';
import type { Deployment } from './fixtures.ts';
import { LocalServer } from './local_server.ts';

// Owners of a local server: the link that it prints, and browsers that open it.

/** Returns the owner link in the output of a server, at the address that tests use. */
export function ownerLink(server: LocalServer): string {
  const path = /http:\/\/\S+(\/claim#\S+)/.exec(server.log)?.[1];
  if (!path) throw new Error(`no owner link was printed:\n${server.log}`);
  return server.url + path;
}

export function deploymentAt(url: string): Deployment {
  return {
    name: 'local',
    pageUrl: (room) => (room === 'lobby' ? `${url}/` : `${url}/r/${room}`),
    socketUrl: (room) => `${url.replace('http', 'ws')}/ws?room=${room}`,
  };
}

/** Returns a browser of a guest with this name. */
export async function guest(browser: Browser, server: LocalServer, name: string, options = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'en-GB', serviceWorkers: 'block', ...options });
  await context.addCookies([{ name: 'name', value: name, url: `${server.url}/` }]);
  return context;
}

/** Makes the visitor of a page the owner, and waits for the chat. */
export async function becomeOwner(page: Page, server: LocalServer): Promise<ChatPage> {
  await page.goto(ownerLink(server));
  await page.getByRole('button', { name: 'Become the owner' }).click();
  const chat = new ChatPage(page);
  await chat.waitForState('live');
  return chat;
}
