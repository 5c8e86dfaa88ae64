import { readdirSync, readFileSync } from 'node:fs';
import { FailingGateway } from '../support/failing_gateway.ts';
import { expect, test } from '../support/fixtures.ts';
import { requireEnv } from '../support/settings.ts';
import { WireClient } from '../support/wire_client.ts';

// One proxy on one port, which the functions of this stack were told of when it was deployed.
test.describe.configure({ mode: 'serial' });

const texts = (messages: Record<string, unknown>[]) => messages.map((message) => message['text']);

/** Joins the stack whose functions post through the faulty connections. */
async function join(room: string, name: string): Promise<WireClient> {
  const wire = await WireClient.open(`${requireEnv('STACK_FAULTS_SOCKET')}?room=${room}&name=${name}`);
  await wire.newestMessages();
  return wire;
}

/** Kills the processes in which the send function of that stack runs. */
function killSend(): number {
  const running = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).filter(isSend);
  for (const pid of running) process.kill(Number(pid), 'SIGKILL');
  return running.length;
}

function isSend(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').some((set) => set.startsWith(`AWS_LAMBDA_FUNCTION_NAME=${requireEnv('STACK_FAULTS_NAME')}-SendFunction`));
  } catch {
    // It ended meanwhile, or is somebody else's.
    return false;
  }
}

test('listeners that are gone, busy, broken or silent delay nobody, and get what they missed', async ({ room }) => {
  const gateway = await FailingGateway.start();
  const names = ['Ann', 'Quick', 'Gone', 'Busy', 'Broken', 'Silent'] as const;
  const [ann, quick, gone, busy, broken, silent] = await Promise.all(names.map((name) => join(room, name)));
  gateway.setOutcomes('Gone', 410);
  gateway.setOutcomes('Busy', 429, 503, 'delivered');
  gateway.setOutcomes('Broken', 500);
  gateway.setOutcomes('Silent', 'no answer', 'delivered');

  // Ann has her acknowledgement, and Quick the message, while the others are still being tried.
  await ann!.sendMessage('hello all');
  expect(await quick!.next('message')).toMatchObject({ text: 'hello all' });
  expect(await busy!.next('message')).toMatchObject({ text: 'hello all' });
  expect(await silent!.next('message')).toMatchObject({ text: 'hello all' });

  // The others have nothing yet, and ask as a page does with its heartbeat.
  for (const listener of [gone, broken]) {
    listener!.send({ action: 'changes', after: 0 });
    expect(texts((await listener!.next('changes'))['messages'])).toEqual(['hello all']);
  }
  for (const wire of [ann, quick, gone, busy, broken, silent]) wire!.close();
  await gateway.stop();
});

test('a send whose function is killed at any moment is stored once, at its place, after its retry', async ({ room }) => {
  const gateway = await FailingGateway.start();
  const [ann, witness] = await Promise.all([join(room, 'Ann'), join(room, 'Witness')]);
  const written: string[] = [];
  let killed = 0;
  // A send takes some 30 ms in the stand-in: the rounds kill it from before its first write to after its last post.
  for (let round = 0; round < 12; round++) {
    const [text, nonce] = [`round ${round}`, crypto.randomUUID()];
    written.push(text);
    ann!.send({ action: 'send', text, nonce });
    await new Promise((resolve) => setTimeout(resolve, round * 5));
    killed += killSend();
    await ann!.sendMessage(text, nonce);
  }
  expect(killed, 'functions were killed').toBeGreaterThan(0);
  expect(texts(await witness!.allMessages())).toEqual(written);
  for (const wire of [ann, witness]) wire!.close();
  await gateway.stop();
});
