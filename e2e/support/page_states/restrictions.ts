import { expect } from '@playwright/test';
import { sessionPersonId } from '../moderation_fixtures.ts';
import { type PageStates } from './setup.ts';

/** States of the connection, the rules of the room and the restrictions of the visitor. */
export const restrictionStates: PageStates = {
  'offline': {
    after: async ({ page, chat, proxy, ann }) => {
      await ann.sendMessage('Can you still hear me?');
      await proxy.disconnect();
      await chat.waitForState('offline');
      await expect(page.getByRole('button', { name: 'Reconnect now' })).toBeVisible();
    },
  },
  'slow mode': {
    after: async ({ page, proxy }) => {
      proxy.injectFrame({ type: 'rules', rules: { slow: 30 } });
      await expect(page.locator('.leave')).toContainText('One message every 30 s.');
    },
  },
  'a read-only room': {
    after: async ({ page, proxy }) => {
      proxy.injectFrame({ type: 'rules', rules: { readOnly: true } });
      await expect(page.locator('.leave')).toContainText('This room can only be read');
    },
  },
  'a muted visitor': {
    after: async ({ page, proxy }) => {
      proxy.injectFrame({ type: 'standing', person: await sessionPersonId(page), standing: { mutedUntil: Date.now() + 600_000 } });
      await expect(page.locator('.leave')).toContainText('A moderator muted you until');
    },
  },
  'a banned visitor': {
    after: async ({ page, proxy, chat }) => {
      proxy.injectFrame({ type: 'standing', person: await sessionPersonId(page), standing: { bannedUntil: Date.now() + 86_400_000 } });
      await chat.waitForState('over');
    },
  },
  'a signed-out visitor': {
    after: async ({ page, proxy, chat }) => {
      await page.route('**/state/*', (route) => route.fulfill({ status: 401, json: { access: 'passphrase' } }));
      await proxy.disconnect();
      await chat.waitForState('over');
      await expect(page.getByRole('link', { name: 'Sign in again' })).toBeVisible();
    },
  },
  'a rate-limited message': {
    after: async ({ page, proxy, chat }) => {
      proxy.rejectNext('send', 'tooFast', 60);
      await chat.sendMessage('soon');
      await expect(page.locator('.countdown')).toContainText('It goes out in');
    },
  },
};
