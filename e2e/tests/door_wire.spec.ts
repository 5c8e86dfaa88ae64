import { expect, refusal, test } from '../support/fixtures.ts';
import { Refused, Wire } from '../support/wire.ts';

// The door of the socket, over the wire, on both homes.

/** The status with which a socket is refused; 101 when it opens. */
async function status(url: string, origin?: string): Promise<number> {
  try {
    (await Wire.open(url, origin)).close();
    return 101;
  } catch (refused) {
    if (refused instanceof Refused) return refused.status;
    throw refused;
  }
}

test('a socket opens for a page of the chat and for who is no browser, and for no other page', async ({ home, room }) => {
  expect(await status(home.socket(room), new URL(home.page(room)).origin)).toBe(101);
  expect(await status(home.socket(room))).toBe(101);
  for (const origin of ['https://evil.example', 'http://127.0.0.1.evil.example', 'null']) {
    expect(await status(home.socket(room), origin), origin).toBe(403);
  }
});

test('a ticket opens one socket', async ({ home, room }) => {
  const state = await fetch(new URL(`/state/${room}`, home.page(room)));
  const url = `${home.socket(room)}&ticket=${encodeURIComponent((await state.json()).ticket)}`;
  expect(await status(url)).toBe(101);
  expect(await status(url)).toBe(refusal(home, 401));
});

test('a name that could be read as another’s is refused at the door and in the room', async ({ home, room, wire }) => {
  const disguised = '\u0410nn';
  expect(await status(`${home.socket(room)}&name=${encodeURIComponent(disguised)}`)).toBe(refusal(home, 400));
  const ann = await wire(room, { name: 'Ann' });
  expect(await ann.ask({ action: 'rename', name: disguised }, 'welcome')).toMatchObject({ code: 'badField', action: 'rename' });
});

test('whoever has such a name in their cookie gets in as a guest', async ({ page, home, room }) => {
  const url = home.page(room);
  await page.context().addCookies([{ name: 'name', value: encodeURIComponent('\u0410nn'), url }]);
  await page.goto(url);
  const state = await page.request.get(new URL(`/state/${room}`, url).href);
  expect((await state.json()).you.name).not.toBe('\u0410nn');
});
