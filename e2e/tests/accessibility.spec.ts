import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { dialogStates } from '../support/page_states/dialogs.ts';
import { messageStates } from '../support/page_states/messages.ts';
import { restrictionStates } from '../support/page_states/restrictions.ts';
import { sendConversation } from '../support/page_states/setup.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// Every state of the page is checked against every rule of axe. A new state is an entry in `support/page_states/`.

const states = { ...messageStates, ...dialogStates, ...restrictionStates };

for (const [size, screen] of [
  ['phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ['desktop', { viewport: { width: 1280, height: 800 } }],
] as const) {
  test.describe(size, () => {
    test.use(screen);
    for (const [name, { before, after, locale }] of Object.entries(states)) {
      test.describe(() => {
        test.use(locale ? { locale } : {});
        test(`${name} is accessible`, async ({ page, deployment, room, connect }) => {
          const [ann, ben] = [await connect(room), await connect(room)];
          const proxy = await SocketProxy.install(page);
          const setup = { page, deployment, room, proxy, ann, ben, connect };
          await before?.(setup);
          const chat = await ChatPage.open(page, deployment, room);
          await after?.({ ...setup, chat });
          await expectAccessible(page);
        });
      });
    }

    test('the page for an invalid room is accessible', async ({ page, deployment }) => {
      await page.goto(deployment.pageUrl('no such room'));
      await expect(page.getByRole('heading', { name: 'There is no such room' })).toBeVisible();
      await expectAccessible(page);
    });
  });
}

test('a conversation without scripts is accessible', async ({ page, deployment, room, connect }) => {
  await sendConversation(await connect(room), await connect(room));
  // axe itself needs scripts, so only the page's own scripts are blocked.
  await page.route(/\.(js|wasm)$/, (route) => route.abort());
  await page.goto(deployment.pageUrl(room));
  await expect(page.getByText('Good morning!')).toBeVisible();
  await expectAccessible(page);
});
