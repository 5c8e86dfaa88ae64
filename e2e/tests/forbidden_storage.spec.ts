import type { Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// Browsers that forbid storage: private windows, settings that block cookies, sandboxes. Each access throws an error.

/** What each kind of storage is, and what a reload loses without it. */
const forbidden: Record<string, { properties: string[]; loses: ('messages' | 'draft')[] }> = {
  'local storage': { properties: ['localStorage'], loses: ['messages'] },
  'session storage': { properties: ['sessionStorage'], loses: ['draft'] },
  cookies: { properties: ['cookie'], loses: [] },
  caches: { properties: ['caches'], loses: [] },
  'service workers': { properties: ['serviceWorker'], loses: [] },
  notifications: { properties: ['Notification'], loses: [] },
  'all of these': {
    properties: ['localStorage', 'sessionStorage', 'cookie', 'caches', 'serviceWorker', 'Notification'],
    loses: ['messages', 'draft'],
  },
};

/** Makes each access to these properties throw, wherever the browser defines them. */
const forbid = (page: Page, properties: string[]) =>
  page.addInitScript((properties) => {
    const refuse = () => {
      throw new DOMException('forbidden, says the test', 'SecurityError');
    };
    for (const name of properties) {
      const owner = [window, Document.prototype, Navigator.prototype].find((owner) => name in owner)!;
      Object.defineProperty(owner, name, { get: refuse, set: refuse, configurable: true });
    }
  }, properties);

/** Whether the page asks before it is left. */
const asksBeforeLeaving = (page: Page) =>
  page.evaluate(() => {
    const leaving = new Event('beforeunload', { cancelable: true });
    dispatchEvent(leaving);
    return leaving.defaultPrevented;
  });

for (const [name, { properties, loses }] of Object.entries(forbidden)) {
  test(`the page works without ${name}`, async ({ page, deployment, room }) => {
    await page.clock.install();
    await forbid(page, properties);
    const chat = await ChatPage.open(page, deployment, room);
    await chat.sendMessage('hello');
    await expect(chat.messageWithText('hello')).toHaveAttribute('data-state', 'sent');
    // The service worker is installed after two seconds.
    await page.clock.runFor(5_000);
    await chat.sendMessage('still here');
    await expect(chat.messageWithText('still here')).toHaveAttribute('data-state', 'sent');
    await page.getByTitle('Your profile, language and notifications').click();
    await page.getByLabel('Your name').fill('Ann');
    await page.getByRole('button', { name: 'Save' }).click();
    // The server has accepted the name.
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await chat.sendMessage('and named');
    await expect(chat.messageWithText('and named')).toHaveAttribute('data-state', 'sent');
    expect(await asksBeforeLeaving(page)).toBe(false);
  });

  test(`without ${name} the page asks before it loses something`, async ({ page, deployment, room }) => {
    const proxy = await SocketProxy.install(page);
    await forbid(page, properties);
    const chat = await ChatPage.open(page, deployment, room);
    await chat.composer.fill('a draft');
    await expect.poll(() => asksBeforeLeaving(page)).toBe(loses.includes('draft'));
    await chat.composer.fill('');
    await expect.poll(() => asksBeforeLeaving(page)).toBe(false);
    await proxy.disconnect();
    await chat.sendMessage('not sent yet');
    await expect(chat.messageWithText('not sent yet')).toBeVisible();
    await expect.poll(() => asksBeforeLeaving(page)).toBe(loses.includes('messages'));
    proxy.restore();
    await expect(chat.messageWithText('not sent yet')).toHaveAttribute('data-state', 'sent');
    expect(await asksBeforeLeaving(page)).toBe(false);
  });
}
