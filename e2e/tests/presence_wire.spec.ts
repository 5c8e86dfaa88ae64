import { expect, test, type Deployment } from '../support/fixtures.ts';
import type { Frame, WireClient } from '../support/wire_client.ts';

// Presence without a page, on both deployments.

const names = (frame: Frame): string[] => (frame['people'] ?? []).map((person: Frame) => person['name']);

/** Returns a source of tickets of one person, as that person's pages would present them. */
async function ticketSource(deployment: Deployment, room: string): Promise<() => Promise<string>> {
  let cookie = '';
  // A ticket opens one socket, so each tab needs its own.
  return async () => {
    const state = await fetch(new URL(`/state/${room}`, deployment.pageUrl(room)), { headers: { cookie } });
    cookie = state.headers.getSetCookie()[0]!.split(';')[0]!;
    return (await state.json()).ticket;
  };
}

async function sayHello(client: WireClient): Promise<Frame> {
  const welcome = await client.request({ action: 'hello' }, 'welcome');
  await client.next('page');
  return welcome;
}

/** Waits for a presence frame with exactly these people. An older frame may arrive first. */
async function expectPresence(client: WireClient, ...people: string[]): Promise<void> {
  for (;;) {
    const presence = await client.next('presence');
    if (names(presence).join() === people.join()) {
      expect(presence['online']).toBe(people.length);
      return;
    }
  }
}

test('joining and leaving updates everyone’s list of people', async ({ room, connect }) => {
  const ann = await connect(room, { name: 'Ann' });
  expect(names(await sayHello(ann))).toEqual(['Ann']);
  const zoe = await connect(room, { name: 'Zoe' });
  await sayHello(zoe);
  await expectPresence(ann, 'Ann', 'Zoe');
  const bea = await connect(room, { name: 'Bea' });
  const welcome = await sayHello(bea);
  expect([welcome['online'], names(welcome)]).toEqual([3, ['Ann', 'Bea', 'Zoe']]);
  await expectPresence(ann, 'Ann', 'Bea', 'Zoe');
  await expectPresence(zoe, 'Ann', 'Bea', 'Zoe');
  zoe.close();
  await expectPresence(ann, 'Ann', 'Bea');
  expect(names(await ann.request({ action: 'people' }, 'presence'))).toEqual(['Ann', 'Bea']);
  const elsewhere = await (await connect(`${room}-x`, { name: 'Eve' })).request({ action: 'people' }, 'presence');
  expect([elsewhere['online'], names(elsewhere)]).toEqual([1, ['Eve']]);
});

test('a second tab of the same person does not update presence', async ({ deployment, room, connect }) => {
  const zoe = await connect(room, { name: 'Zoe' });
  await sayHello(zoe);
  const ticket = await ticketSource(deployment, room);
  const first = await connect(room, { name: 'Ann', ticket: await ticket() });
  await sayHello(first);
  await expectPresence(zoe, 'Ann', 'Zoe');

  const second = await connect(room, { name: 'Ann', ticket: await ticket() });
  expect(await sayHello(second)).toMatchObject({ online: 2 });
  expect(await zoe.drain('presence'), 'when the tab opens').toEqual([]);
  second.close();
  await second.closed;
  const bea = await connect(room, { name: 'Bea' });
  await sayHello(bea);
  expect(names(await zoe.next('presence')), 'when the tab closes').toEqual(['Ann', 'Bea', 'Zoe']);

  first.close();
  await expectPresence(zoe, 'Bea', 'Zoe');
});

test('a rename updates presence, an unchanged name does not', async ({ room, connect }) => {
  const [ann, bea] = [await connect(room, { name: 'Ann' }), await connect(room, { name: 'Bea' })];
  for (const client of [ann, bea]) await sayHello(client);
  await expectPresence(ann, 'Ann', 'Bea');
  const rename = (name: string) => bea.request({ action: 'rename', name }, 'welcome');
  expect(names(await rename('Zoe'))).toEqual(['Ann', 'Zoe']);
  await expectPresence(ann, 'Ann', 'Zoe');
  await rename('Zoe');
  expect(await ann.drain('presence')).toEqual([]);
  expect(await rename('\u202eoeZ')).toMatchObject({ type: 'error', code: 'badField', action: 'rename' });
  expect(names(await ann.request({ action: 'people' }, 'presence'))).toEqual(['Ann', 'Zoe']);
});

test('a hidden page gets messages, and presence again when it is visible', async ({ room, connect }) => {
  const [ann, bea] = [await connect(room, { name: 'Ann' }), await connect(room, { name: 'Bea' })];
  for (const client of [ann, bea]) await sayHello(client);
  await bea.request({ action: 'changes', after: 0, hidden: true }, 'changes');
  await bea.drain('presence');
  const zoe = await connect(room, { name: 'Zoe' });
  await sayHello(zoe);
  await expectPresence(ann, 'Ann', 'Bea', 'Zoe');
  ann.send({ action: 'typing' });
  await zoe.next('typing');
  await ann.sendMessage('hi');
  expect(await bea.next('message')).toMatchObject({ text: 'hi' });
  expect([await bea.drain('presence'), await bea.drain('typing')]).toEqual([[], []]);

  await bea.request({ action: 'changes', after: 0, hidden: false }, 'changes');
  await expectPresence(bea, 'Ann', 'Bea', 'Zoe');
  ann.send({ action: 'typing' });
  await bea.next('typing');
});
