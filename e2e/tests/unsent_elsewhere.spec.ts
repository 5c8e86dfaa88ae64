import { expectAccessible } from '../support/axe.ts';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { hold } from '../support/on_demand.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// Unsent messages of rooms that are not shown: the list of rooms shows where they are, until they are sent.

for (const [name, viewport] of [['phone', { width: 390, height: 844 }], ['desktop', { width: 1280, height: 800 }]] as const) {
  for (const [locale, dialogName, mark] of [['en-GB', 'Rooms', ', unsent message'], ['ja-JP', 'ルーム', '、未送信のメッセージあり']] as const) {
    test.describe(`${name}, ${locale}`, () => {
      test.use({ viewport, locale });

      test('a room with an unsent message is marked until it is sent', async ({ page, deployment, room, connect }) => {
        const other = await connect(`${room}-b`);
        const proxy = await SocketProxy.install(page);
        const chat = await ChatPage.open(page, deployment, `${room}-b`);
        await proxy.disconnect();
        const composer = page.locator('.composer textarea');
        await composer.fill('see you later');
        await composer.press('Control+Enter');
        await expect(chat.messages).toHaveAttribute('data-state', /pending|waiting/);
        const release = await hold(page, /\/state\/.+-b$/);
        proxy.restore();
        await ChatPage.open(page, deployment, room);

        await page.keyboard.press('Control+k');
        const dialog = page.getByRole('dialog', { name: dialogName, exact: true });
        const link = dialog.getByRole('link', { name: `${room}-b` });
        await expect(link).toHaveText(`#${room}-b${mark}`);
        const row = dialog.getByRole('listitem').filter({ hasText: `${room}-b` });
        await expect(row.locator('.room-unsent')).toBeVisible();
        await expect(row.locator('.room-forget'), 'the room stays in the list').toHaveCount(0);
        await expectAccessible(page);

        release();
        expect(await other.next('message')).toMatchObject({ text: 'see you later' });
        await expect(link).toHaveText(`#${room}-b`);
        await expect(row.locator('.room-unsent')).toHaveCount(0);
        await expect(row.locator('.room-forget')).toHaveCount(1);
      });
    });
  }
}
