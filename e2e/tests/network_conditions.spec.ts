import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { SocketProxy } from '../support/socket_proxy.ts';

// Networks that neither work nor fail: sockets that are dead without an end, and proxies that pass on pages but no sockets.

for (const [what, target, event] of [
  ['becomes visible again', 'document', 'visibilitychange'],
  ['comes back from the back/forward cache', 'window', 'pageshow'],
  ['gets another network', 'window', 'online'],
] as const) {
  test(`a page that ${what} with a dead socket has what it missed within ten seconds`, async ({ page, deployment, room, connect }) => {
    const proxy = await SocketProxy.install(page);
    const chat = await ChatPage.open(page, deployment, room);
    const ann = await connect(room, { name: 'Ann' });
    proxy.killSilently();
    await ann.sendMessage('missed');
    await page.evaluate(([target, event]) => (target === 'window' ? window : document).dispatchEvent(new Event(event)), [target, event] as const);
    await expect(chat.messageWithText('missed')).toBeVisible({ timeout: 10_000 });
    await chat.sendMessage('and it goes on');
    await expect(chat.messageWithText('and it goes on')).toHaveCount(1);
  });
}

test('where sockets are blocked, messages are shown, and own ones wait', async ({ page, deployment, room, connect }) => {
  const proxy = await SocketProxy.install(page);
  await proxy.disconnect();
  const ann = await connect(room, { name: 'Ann' });
  await ann.sendMessage('before');
  await page.goto(deployment.pageUrl(room));
  const chat = new ChatPage(page);
  await chat.waitForState('offline');
  await expect(page.locator('.connection-state')).toContainText('your network may block it', { timeout: 30_000 });
  await chat.sendMessage('waits');
  await ann.sendMessage('while blocked');
  // The next attempt, which would begin within half a minute.
  await page.getByRole('button', { name: 'Reconnect now' }).click();
  await expect(chat.messageWithText('while blocked')).toBeVisible();
  await expect(chat.messageWithText('before')).toHaveCount(1);
  await expect(chat.messages.filter({ hasText: 'waits' })).toHaveAttribute('data-state', 'pending');

  proxy.restore();
  await page.getByRole('button', { name: 'Reconnect now' }).click();
  await chat.waitForState('live');
  await expect(chat.messages.filter({ hasText: 'waits' })).toHaveAttribute('data-state', 'sent');
  await expect(chat.messages).toHaveCount(3);
});
