import { expect, rejectionStatus, test } from '../support/fixtures.ts';
import { ConnectError, WireClient } from '../support/wire_client.ts';

// The door of the socket, over the wire, on both homes.

/** The status with which a socket is refused; 101 when it opens. */
async function status(url: string, origin?: string): Promise<number> {
  try {
    (await WireClient.open(url, origin)).close();
    return 101;
  } catch (refused) {
    if (refused instanceof ConnectError) return refused.status;
    throw refused;
  }
}

test('a socket opens for a page of the chat and for who is no browser, and for no other page', async ({ deployment, room }) => {
  expect(await status(deployment.socketUrl(room), new URL(deployment.pageUrl(room)).origin)).toBe(101);
  expect(await status(deployment.socketUrl(room))).toBe(101);
  for (const origin of ['https://evil.example', 'http://127.0.0.1.evil.example', 'null']) {
    expect(await status(deployment.socketUrl(room), origin), origin).toBe(403);
  }
});

test('a ticket opens one socket', async ({ deployment, room }) => {
  const state = await fetch(new URL(`/state/${room}`, deployment.pageUrl(room)));
  const url = `${deployment.socketUrl(room)}&ticket=${encodeURIComponent((await state.json()).ticket)}`;
  expect(await status(url)).toBe(101);
  expect(await status(url)).toBe(rejectionStatus(deployment, 401));
});

test('a name that could be read as another’s is refused at the door and in the room', async ({ deployment, room, connect }) => {
  const disguised = '\u0410nn';
  expect(await status(`${deployment.socketUrl(room)}&name=${encodeURIComponent(disguised)}`)).toBe(rejectionStatus(deployment, 400));
  const ann = await connect(room, { name: 'Ann' });
  expect(await ann.request({ action: 'rename', name: disguised }, 'welcome')).toMatchObject({ code: 'badField', action: 'rename' });
});

test('whoever has such a name in their cookie gets in as a guest', async ({ page, deployment, room }) => {
  const url = deployment.pageUrl(room);
  await page.context().addCookies([{ name: 'name', value: encodeURIComponent('\u0410nn'), url }]);
  await page.goto(url);
  const state = await page.request.get(new URL(`/state/${room}`, url).href);
  expect((await state.json()).you.name).not.toBe('\u0410nn');
});
