import { expect, test } from '../support/fixtures.ts';

// What was said last in other rooms, over the wire, on both homes.

test('the newest message of each room is told, and a silent room is left out', async ({ room, wire }) => {
  const [here, there] = [await wire(room), await wire(`${room}-there`)];
  await there.say('one');
  const newest = await there.say('two');
  const own = await here.say('here');
  const answer = await here.ask({ action: 'rooms', rooms: [`${room}-there`, `${room}-silent`, room] }, 'rooms');
  expect(answer).toEqual({
    type: 'rooms',
    rooms: [
      { room: `${room}-there`, newest: newest['seq'], author: newest['author'].id, sentAt: newest['sentAt'] },
      { room, newest: own['seq'], author: own['author'].id, sentAt: own['sentAt'] },
    ],
  });
  expect(await here.ask({ action: 'rooms', rooms: [] }, 'rooms')).toEqual({ type: 'rooms', rooms: [] });
});

test('rooms that are none, and too many of them, are refused', async ({ room, wire }) => {
  const ann = await wire(room);
  const many = (count: number) => Array.from({ length: count }, (_, number) => `${room}-${number}`);
  for (const rooms of [undefined, 'lobby', ['No Room'], ['../x'], [''], [7], many(51)]) {
    const answer = await ann.ask({ action: 'rooms', rooms }, 'rooms');
    expect(answer, JSON.stringify(rooms)).toMatchObject({ type: 'error', code: 'badField', action: 'rooms' });
  }
  expect(await ann.ask({ action: 'rooms', rooms: many(50) }, 'rooms')).toEqual({ type: 'rooms', rooms: [] });
});
