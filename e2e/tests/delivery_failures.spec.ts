import { readdirSync, readFileSync } from 'node:fs';
import { FailingGateway } from '../support/failing_gateway.ts';
import { expect, test } from '../support/fixtures.ts';
import { requireEnv } from '../support/settings.ts';
import { WireClient } from '../support/wire_client.ts';

// The functions of this stack were deployed with one gateway port, which only one test can use at a time.
test.describe.configure({ mode: 'serial' });

const texts = (messages: Record<string, unknown>[]) => messages.map((message) => message['text']);

/** Connects to the stack whose functions post through the failing gateway. */
async function connectToFaultyStack(room: string, name: string): Promise<WireClient> {
  const client = await WireClient.open(`${requireEnv('STACK_FAULTS_SOCKET')}?room=${room}&name=${name}`);
  await client.newestMessages();
  return client;
}

/** Kills the processes that run the send function of that stack. Returns how many. */
function killSendFunction(): number {
  const running = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).filter(isSendFunction);
  for (const pid of running) process.kill(Number(pid), 'SIGKILL');
  return running.length;
}

function isSendFunction(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').some((set) => set.startsWith(`AWS_LAMBDA_FUNCTION_NAME=${requireEnv('STACK_FAULTS_NAME')}-SendFunction`));
  } catch {
    // The process has exited, or belongs to another user.
    return false;
  }
}

test('failing recipients do not delay others and catch up later', async ({ room }) => {
  const gateway = await FailingGateway.start();
  const names = ['Ann', 'Quick', 'Gone', 'Busy', 'Overloaded', 'Broken', 'Silent'] as const;
  const [ann, quick, gone, busy, overloaded, broken, silent] = await Promise.all(names.map((name) => connectToFaultyStack(room, name)));
  gateway.setOutcomes('Gone', 410);
  gateway.setOutcomes('Busy', 429, 'delivered');
  gateway.setOutcomes('Overloaded', 429, 503, 'delivered');
  gateway.setOutcomes('Broken', 500);
  gateway.setOutcomes('Silent', 'no answer', 'delivered');

  // Ann gets her acknowledgement and Quick the message while the function still retries the others.
  await ann!.sendMessage('hello all');
  expect(await quick!.next('message')).toMatchObject({ text: 'hello all' });
  expect(await busy!.next('message')).toMatchObject({ text: 'hello all' });
  expect(await silent!.next('message')).toMatchObject({ text: 'hello all' });

  // A listener is retried once. Gone, Overloaded and Broken got nothing, and ask for changes as a page does with its heartbeat.
  for (const listener of [gone, overloaded, broken]) {
    listener!.send({ action: 'changes', after: 0 });
    expect(texts((await listener!.next('changes'))['messages'])).toEqual(['hello all']);
  }
  for (const client of [ann, quick, gone, busy, overloaded, broken, silent]) client!.close();
  await gateway.stop();
});

test('a send whose function is killed is stored once after a retry', async ({ room }) => {
  const gateway = await FailingGateway.start();
  const [ann, observer] = await Promise.all([connectToFaultyStack(room, 'Ann'), connectToFaultyStack(room, 'Witness')]);
  const written: string[] = [];
  let killed = 0;
  // A send takes about 30 ms in the AWS emulator. The rounds kill it from before its first write to after its last post.
  for (let round = 0; round < 12; round++) {
    const [text, nonce] = [`round ${round}`, crypto.randomUUID()];
    written.push(text);
    ann!.send({ action: 'send', text, nonce });
    await new Promise((resolve) => setTimeout(resolve, round * 5));
    killed += killSendFunction();
    await ann!.sendMessage(text, nonce);
  }
  expect(killed, 'number of killed functions').toBeGreaterThan(0);
  expect(texts(await observer!.allMessages())).toEqual(written);
  for (const client of [ann, observer]) client!.close();
  await gateway.stop();
});

test('a large room is served by workers, and failing recipients catch up', async ({ room }) => {
  const gateway = await FailingGateway.start();
  // This stack posts to eight listeners directly. A larger room goes through the queue.
  const ann = await connectToFaultyStack(room, 'Ann');
  const names = ['Gone', 'Busy', 'Overloaded', ...Array.from({ length: 12 }, (_, number) => `Healthy ${number}`)];
  const others = await Promise.all(names.map((name) => connectToFaultyStack(room, name)));
  const [gone, busy, overloaded, ...healthy] = others;
  gateway.setOutcomes('Gone', 410);
  gateway.setOutcomes('Busy', 429, 'delivered');
  gateway.setOutcomes('Overloaded', 429);

  const written = ['one', 'two', 'three', 'four', 'five'];
  for (const text of written) await ann.sendMessage(text);
  for (const listener of [busy!, ...healthy]) {
    const received = [];
    while (received.length < written.length) received.push(await listener.next('message'));
    // While the first message divides the room, the next ones may overtake it. Pages sort them by `seq`.
    expect(texts(received).sort()).toEqual([...written].sort());
  }
  for (const listener of [gone!, overloaded!]) {
    listener.send({ action: 'changes', after: 0 });
    expect(texts((await listener.next('changes'))['messages'])).toEqual(written);
  }
  // The room is divided now: everybody gets everything once and in order.
  for (const text of ['six', 'seven', 'eight']) await ann.sendMessage(text);
  for (const listener of healthy) {
    const received = [];
    while (received.length < 3) received.push(await listener.next('message'));
    expect(texts(received)).toEqual(['six', 'seven', 'eight']);
  }
  for (const client of [ann, ...others]) client.close();
  await gateway.stop();
});
