import { expect, test, type Deployment } from '../support/fixtures.ts';
import type { Frame, WireClient } from '../support/wire_client.ts';

// Who is in a room, over the wire, on both homes.

const names = (frame: Frame): string[] => (frame['people'] ?? []).map((person: Frame) => person['name']);

/** What makes somebody the same person in every window: the tickets that their page would present. */
async function visitor(deployment: Deployment, room: string): Promise<() => Promise<string>> {
  let cookie = '';
  // A ticket opens one socket, so each window has its own.
  return async () => {
    const state = await fetch(new URL(`/state/${room}`, deployment.pageUrl(room)), { headers: { cookie } });
    cookie = state.headers.getSetCookie()[0]!.split(';')[0]!;
    return (await state.json()).ticket;
  };
}

async function hello(wire: WireClient): Promise<Frame> {
  const welcome = await wire.request({ action: 'hello' }, 'welcome');
  await wire.next('page');
  return welcome;
}

/** The next presence in which just these are in: one that was told before may be on its way. */
async function hears(wire: WireClient, ...people: string[]): Promise<void> {
  for (;;) {
    const told = await wire.next('presence');
    if (names(told).join() === people.join()) {
      expect(told['online']).toBe(people.length);
      return;
    }
  }
}

test('whoever comes is told who is there, and the others hear who comes and goes', async ({ room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  expect(names(await hello(ann))).toEqual(['Ann']);
  const zoe = await connect(room, { name: 'Zoe' });
  await hello(zoe);
  await hears(ann, 'Ann', 'Zoe');
  const bea = await connect(room, { name: 'Bea' });
  const welcome = await hello(bea);
  expect([welcome['online'], names(welcome)]).toEqual([3, ['Ann', 'Bea', 'Zoe']]);
  await hears(ann, 'Ann', 'Bea', 'Zoe');
  await hears(zoe, 'Ann', 'Bea', 'Zoe');
  zoe.close();
  await hears(ann, 'Ann', 'Bea');
  expect(names(await ann.request({ action: 'people' }, 'presence'))).toEqual(['Ann', 'Bea']);
  const elsewhere = await (await connect(`${room}-x`, { name: 'Eve' })).request({ action: 'people' }, 'presence');
  expect([elsewhere['online'], names(elsewhere)]).toEqual([1, ['Eve']]);
});

test('a second window of somebody who is in tells nobody', async ({ deployment, room, connect }) => {
  const zoe = await connect(room, { name: 'Zoe' });
  await hello(zoe);
  const ticket = await visitor(deployment, room);
  const first = await connect(room, { name: 'Ann', ticket: await ticket() });
  await hello(first);
  await hears(zoe, 'Ann', 'Zoe');

  const second = await connect(room, { name: 'Ann', ticket: await ticket() });
  expect(await hello(second)).toMatchObject({ online: 2 });
  expect(await zoe.drain('presence'), 'it opens').toEqual([]);
  second.close();
  await second.closed;
  const bea = await connect(room, { name: 'Bea' });
  await hello(bea);
  expect(names(await zoe.next('presence')), 'it closes').toEqual(['Ann', 'Bea', 'Zoe']);

  first.close();
  await hears(zoe, 'Bea', 'Zoe');
});

test('a new name is told to the others, and the same one is not', async ({ room, connect }) => {
  const [ann, bea] = [await connect(room, { name: 'Ann' }), await connect(room, { name: 'Bea' })];
  for (const wire of [ann, bea]) await hello(wire);
  await hears(ann, 'Ann', 'Bea');
  const rename = (name: string) => bea.request({ action: 'rename', name }, 'welcome');
  expect(names(await rename('Zoe'))).toEqual(['Ann', 'Zoe']);
  await hears(ann, 'Ann', 'Zoe');
  await rename('Zoe');
  expect(await ann.drain('presence')).toEqual([]);
  expect(await rename('\u202eoeZ')).toMatchObject({ type: 'error', code: 'badField', action: 'rename' });
  expect(names(await ann.request({ action: 'people' }, 'presence'))).toEqual(['Ann', 'Zoe']);
});
