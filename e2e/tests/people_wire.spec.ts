import { expect, test, type Home } from '../support/fixtures.ts';
import type { Frame, Wire } from '../support/wire.ts';

// Who is in a room, over the wire, on both homes.

const names = (frame: Frame): string[] => (frame['people'] ?? []).map((person: Frame) => person['name']);

/** What makes somebody the same person in every window: the tickets that their page would present. */
async function visitor(home: Home, room: string): Promise<() => Promise<string>> {
  let cookie = '';
  // A ticket opens one socket, so each window has its own.
  return async () => {
    const state = await fetch(new URL(`/state/${room}`, home.page(room)), { headers: { cookie } });
    cookie = state.headers.getSetCookie()[0]!.split(';')[0]!;
    return (await state.json()).ticket;
  };
}

async function hello(wire: Wire): Promise<Frame> {
  const welcome = await wire.ask({ action: 'hello' }, 'welcome');
  await wire.next('page');
  return welcome;
}

/** The next presence in which just these are in: one that was told before may be on its way. */
async function hears(wire: Wire, ...people: string[]): Promise<void> {
  for (;;) {
    const told = await wire.next('presence');
    if (names(told).join() === people.join()) {
      expect(told['online']).toBe(people.length);
      return;
    }
  }
}

test('whoever comes is told who is there, and the others hear who comes and goes', async ({ room, wire }) => {
  const ann = await wire(room, { name: 'Ann' });
  expect(names(await hello(ann))).toEqual(['Ann']);
  const zoe = await wire(room, { name: 'Zoe' });
  await hello(zoe);
  await hears(ann, 'Ann', 'Zoe');
  const bea = await wire(room, { name: 'Bea' });
  const welcome = await hello(bea);
  expect([welcome['online'], names(welcome)]).toEqual([3, ['Ann', 'Bea', 'Zoe']]);
  await hears(ann, 'Ann', 'Bea', 'Zoe');
  await hears(zoe, 'Ann', 'Bea', 'Zoe');
  zoe.close();
  await hears(ann, 'Ann', 'Bea');
  expect(names(await ann.ask({ action: 'people' }, 'presence'))).toEqual(['Ann', 'Bea']);
  const elsewhere = await (await wire(`${room}-x`, { name: 'Eve' })).ask({ action: 'people' }, 'presence');
  expect([elsewhere['online'], names(elsewhere)]).toEqual([1, ['Eve']]);
});

test('a second window of somebody who is in tells nobody', async ({ home, room, wire }) => {
  const zoe = await wire(room, { name: 'Zoe' });
  await hello(zoe);
  const ticket = await visitor(home, room);
  const first = await wire(room, { name: 'Ann', ticket: await ticket() });
  await hello(first);
  await hears(zoe, 'Ann', 'Zoe');

  const second = await wire(room, { name: 'Ann', ticket: await ticket() });
  expect(await hello(second)).toMatchObject({ online: 2 });
  expect(await zoe.heard('presence'), 'it opens').toEqual([]);
  second.close();
  await second.closed;
  const bea = await wire(room, { name: 'Bea' });
  await hello(bea);
  expect(names(await zoe.next('presence')), 'it closes').toEqual(['Ann', 'Bea', 'Zoe']);

  first.close();
  await hears(zoe, 'Bea', 'Zoe');
});

test('a new name is told to the others, and the same one is not', async ({ room, wire }) => {
  const [ann, bea] = [await wire(room, { name: 'Ann' }), await wire(room, { name: 'Bea' })];
  for (const wire of [ann, bea]) await hello(wire);
  await hears(ann, 'Ann', 'Bea');
  const rename = (name: string) => bea.ask({ action: 'rename', name }, 'welcome');
  expect(names(await rename('Zoe'))).toEqual(['Ann', 'Zoe']);
  await hears(ann, 'Ann', 'Zoe');
  await rename('Zoe');
  expect(await ann.heard('presence')).toEqual([]);
  expect(await rename('\u202eoeZ')).toMatchObject({ type: 'error', code: 'badField', action: 'rename' });
  expect(names(await ann.ask({ action: 'people' }, 'presence'))).toEqual(['Ann', 'Zoe']);
});
