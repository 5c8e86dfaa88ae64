import { expect, rejectionStatus, test } from '../support/fixtures.ts';
import { ConnectError, WireClient } from '../support/wire_client.ts';

// Which sockets the server accepts, without a page, on both deployments.

/** Returns the status of a rejected socket, or 101 if it opens. */
async function status(url: string, origin?: string): Promise<number> {
  try {
    (await WireClient.open(url, origin)).close();
    return 101;
  } catch (error) {
    if (error instanceof ConnectError) return error.status;
    throw error;
  }
}

test('sockets open for the chat’s own page and non-browsers only', async ({ deployment, room }) => {
  expect(await status(deployment.socketUrl(room), new URL(deployment.pageUrl(room)).origin)).toBe(101);
  expect(await status(deployment.socketUrl(room))).toBe(101);
  for (const origin of ['https://evil.example', 'http://127.0.0.1.evil.example', 'null']) {
    expect(await status(deployment.socketUrl(room), origin), origin).toBe(403);
  }
});

test('a ticket opens one socket only', async ({ deployment, room }) => {
  const state = await fetch(new URL(`/state/${room}`, deployment.pageUrl(room)));
  const url = `${deployment.socketUrl(room)}&ticket=${encodeURIComponent((await state.json()).ticket)}`;
  expect(await status(url)).toBe(101);
  expect(await status(url)).toBe(rejectionStatus(deployment, 401));
});

test('confusable names are rejected on connect and on rename', async ({ deployment, room, connect }) => {
  const confusable = '\u0410nn';
  expect(await status(`${deployment.socketUrl(room)}&name=${encodeURIComponent(confusable)}`)).toBe(rejectionStatus(deployment, 400));
  const ann = await connect(room, { name: 'Ann' });
  expect(await ann.request({ action: 'rename', name: confusable }, 'welcome')).toMatchObject({ code: 'badField', action: 'rename' });
});

test('a confusable name in the cookie is replaced by a guest name', async ({ page, deployment, room }) => {
  const url = deployment.pageUrl(room);
  await page.context().addCookies([{ name: 'name', value: encodeURIComponent('\u0410nn'), url }]);
  await page.goto(url);
  const state = await page.request.get(new URL(`/state/${room}`, url).href);
  expect((await state.json()).you.name).not.toBe('\u0410nn');
});
