import type { WireClient } from '../support/wire_client.ts';
import { ConnectError } from '../support/wire_client.ts';
import { expect, test } from '../support/fixtures.ts';

// Frames that are answered with an error: what is sent, and the code of the answer. Nothing else happens.
const answered: [name: string, frame: string, code: string][] = [
  ['not JSON', 'hello there', 'badJson'],
  ['an empty frame', '', 'badJson'],
  ['JSON that is no object', '[1,2]', 'missingAction'],
  ['JSON without action', '{"text":"hi"}', 'missingAction'],
  ['an action that is no text', '{"action":7}', 'missingAction'],
  ['an unknown action', '{"action":"explode"}', 'unknownAction'],
  ['an action that is a route of API Gateway', '{"action":"$connect"}', 'unknownAction'],
  ['another such action', '{"action":"$disconnect"}', 'unknownAction'],
  ['a text that is missing', '{"action":"send"}', 'badField'],
  ['a text that is empty', '{"action":"send","text":""}', 'badField'],
  ['a text of spaces', '{"action":"send","text":" \\n\\t "}', 'badField'],
  ['a text of a wrong type', '{"action":"send","text":{"a":1}}', 'badField'],
  ['a text over the limit', JSON.stringify({ action: 'send', text: 'x'.repeat(4001) }), 'badField'],
  ['a nonce that is none', '{"action":"send","text":"hi","nonce":"not a nonce"}', 'badField'],
  ['a name that is too long', JSON.stringify({ action: 'rename', name: 'x'.repeat(65) }), 'badField'],
  ['a place that is no number', '{"action":"history","before":"now"}', 'badField'],
  ['a frame over 32 KB', JSON.stringify({ action: 'send', text: 'x'.repeat(33 * 1024) }), 'frameTooLarge'],
];

// Frames that end the socket: what is sent, and the close code. API Gateway does this itself, before any function.
const closed: [name: string, frame: string | Buffer, code: number][] = [
  ['a frame over 128 KB', JSON.stringify({ action: 'send', text: 'x'.repeat(129 * 1024) }), 1009],
  ['a binary frame', Buffer.from('{"action":"send","text":"hi"}'), 1003],
];

// The routes that API Gateway keeps for itself are no actions for its clients; the stand-in runs them as if they were.
const kept = ['{"action":"$connect"}', '{"action":"$disconnect"}'];

for (const [name, frame, code] of answered) {
  test(`${name} is answered with ${code}, and nothing is stored or broken`, async ({ deployment, room, connect }) => {
    test.skip(deployment.name === 'stack' && kept.includes(frame), 'the stand-in answers for its own routes itself');
    const [speaker, witness] = [await connect(room), await connect(room)];
    speaker.send(frame);
    const error = await speaker.next('error');
    expect(error['code']).toBe(code);
    expect(error['message'], 'a sentence, without what is inside the server').toMatch(/^[^:{}]*[a-z]/i);
    await staysWhole(speaker, witness);
  });
}

for (const [name, frame, code] of closed) {
  test(`${name} closes the socket with ${code}, and nothing is stored or broken`, async ({ deployment, room, connect }) => {
    test.skip(deployment.name === 'stack', 'the stand-in has neither of these limits: on AWS it is API Gateway that closes');
    const [speaker, witness] = [await connect(room), await connect(room)];
    speaker.send(frame);
    expect(await speaker.closed).toBe(code);
    await staysWhole(await connect(room), witness);
  });
}

for (const room of ['UPPER', 'with space', 'dots.and/slashes', 'x'.repeat(65), '<script>']) {
  test(`a room named ${JSON.stringify(room.slice(0, 20))} is refused at connect, and its page is not found`, async ({ deployment, page, connect }) => {
    await expect(connect(room)).rejects.toThrow(ConnectError);
    const answer = await page.goto(deployment.pageUrl(room));
    expect(answer?.status()).toBe(404);
    await expect(page.locator('body')).not.toBeEmpty();
  });
}

/** The socket still lives, and neither it nor anybody else has heard or stored what was refused. */
async function staysWhole(speaker: WireClient, witness: WireClient): Promise<void> {
  speaker.send({ action: 'ping' });
  await speaker.next('pong');
  await speaker.sendMessage('still here');
  expect((await witness.next('message'))['text']).toBe('still here');
  expect((await speaker.allMessages()).map((message) => message['text'])).toEqual(['still here']);
}
