import type { WireClient } from '../support/wire_client.ts';
import { ConnectError } from '../support/wire_client.ts';
import { expect, test } from '../support/fixtures.ts';

// Frames that are answered with an error: the frame and the error code. Nothing else happens.
const rejectedFrames: [name: string, frame: string, code: string][] = [
  ['not JSON', 'hello there', 'badJson'],
  ['an empty frame', '', 'badJson'],
  ['JSON that is not an object', '[1,2]', 'missingAction'],
  ['JSON without action', '{"text":"hi"}', 'missingAction'],
  ['an action that is not a string', '{"action":7}', 'missingAction'],
  ['an unknown action', '{"action":"explode"}', 'unknownAction'],
  ['a reserved route of API Gateway', '{"action":"$connect"}', 'unknownAction'],
  ['another reserved route of API Gateway', '{"action":"$disconnect"}', 'unknownAction'],
  ['a missing text', '{"action":"send"}', 'badField'],
  ['an empty text', '{"action":"send","text":""}', 'badField'],
  ['a text of spaces', '{"action":"send","text":" \\n\\t "}', 'badField'],
  ['a text of the wrong type', '{"action":"send","text":{"a":1}}', 'badField'],
  ['a text over the limit', JSON.stringify({ action: 'send', text: 'x'.repeat(4001) }), 'badField'],
  ['an invalid nonce', '{"action":"send","text":"hi","nonce":"not a nonce"}', 'badField'],
  ['a name that is too long', JSON.stringify({ action: 'rename', name: 'x'.repeat(65) }), 'badField'],
  ['a sequence number of the wrong type', '{"action":"history","before":"now"}', 'badField'],
];

// Frames that close the socket: the frame and the close code. API Gateway does this itself, before any function runs.
const closingFrames: [name: string, frame: string | Buffer, code: number][] = [
  ['a frame over 32 KB', JSON.stringify({ action: 'send', text: 'x'.repeat(33 * 1024) }), 1009],
  ['a binary frame', Buffer.from('{"action":"send","text":"hi"}'), 1003],
];

// Clients cannot use the reserved routes of API Gateway as actions. The AWS emulator runs them nevertheless.
const reservedRoutes = ['{"action":"$connect"}', '{"action":"$disconnect"}'];

for (const [name, frame, code] of rejectedFrames) {
  test(`${name} is answered with ${code}`, async ({ deployment, room, connect }) => {
    test.skip(deployment.name === 'stack' && reservedRoutes.includes(frame), 'the AWS emulator runs reserved routes itself');
    const [sender, observer] = [await connect(room), await connect(room)];
    sender.send(frame);
    const error = await sender.next('error');
    expect(error['code']).toBe(code);
    expect(error['message'], 'a sentence without server internals').toMatch(/^[^:{}]*[a-z]/i);
    await expectUnaffected(sender, observer);
  });
}

test('a message over 32 KB in several frames is answered with frameTooLarge', async ({ room, connect }) => {
  const [sender, observer] = [await connect(room), await connect(room)];
  const frame = JSON.stringify({ action: 'send', text: 'x'.repeat(33 * 1024) });
  sender.sendInParts(frame.slice(0, 20_000), frame.slice(20_000));
  expect((await sender.next('error'))['code']).toBe('frameTooLarge');
  await expectUnaffected(sender, observer);
});

for (const [name, frame, code] of closingFrames) {
  test(`${name} closes the socket with ${code}`, async ({ deployment, room, connect }) => {
    test.skip(deployment.name === 'stack', 'the AWS emulator has neither limit: on AWS, API Gateway closes the socket');
    const [sender, observer] = [await connect(room), await connect(room)];
    sender.send(frame);
    expect(await sender.closed).toBe(code);
    await expectUnaffected(await connect(room), observer);
  });
}

for (const room of ['UPPER CASE', 'with space', 'dots.and/slashes', 'x'.repeat(65), '<script>']) {
  test(`the room ${JSON.stringify(room.slice(0, 20))} has no socket and no page`, async ({ deployment, page, connect }) => {
    await expect(connect(room)).rejects.toThrow(ConnectError);
    const answer = await page.goto(deployment.pageUrl(room));
    expect(answer?.status()).toBe(404);
    await expect(page.locator('body')).not.toBeEmpty();
  });
}

test('another spelling of a room leads to its page, and has no socket', async ({ deployment, page, room, connect }) => {
  await expect(connect(room.toUpperCase())).rejects.toThrow(ConnectError);
  for (const spelling of [deployment.pageUrl(room.toUpperCase()), `${deployment.pageUrl(room)}/`]) {
    await page.goto(`${spelling}?from=link`);
    expect(page.url()).toBe(`${deployment.pageUrl(room)}?from=link`);
    await expect(page.locator('.bar .room-name')).toHaveText(room);
  }
});

/** Checks that the socket is still open, and that the rejected frame was neither broadcast nor stored. */
async function expectUnaffected(sender: WireClient, observer: WireClient): Promise<void> {
  sender.send({ action: 'ping' });
  await sender.next('pong');
  await sender.sendMessage('still here');
  expect((await observer.next('message'))['text']).toBe('still here');
  expect((await sender.allMessages()).map((message) => message['text'])).toEqual(['still here']);
}
