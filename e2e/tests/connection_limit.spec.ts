import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { requireEnv, smallLimit } from '../support/settings.ts';
import { ConnectError, WireClient } from '../support/wire_client.ts';

test('50 concurrent connects open exactly as many as the limit', async ({ deployment, room }) => {
  if (deployment.name === 'stack') {
    await expectLimit(`${requireEnv('STACK_SMALL_SOCKET')}?room=${room}`);
    return;
  }
  await withDataDir(async (data) => {
    const server = await LocalServer.start(data, '--limit-connection-count', String(smallLimit));
    await expectLimit(`${server.url.replace('http', 'ws')}/ws?room=${room}`);
    expect(server.log, 'the log has the reason').toMatch(new RegExp(`refused.*\\b${smallLimit}\\b`));
    await server.stop();
  });
});

async function expectLimit(url: string): Promise<void> {
  expect(smallLimit).toBeLessThan(50);
  const tries = await Promise.allSettled(Array.from({ length: 50 }, () => WireClient.open(url)));
  const open = tries.filter((attempt) => attempt.status === 'fulfilled').map((attempt) => attempt.value);
  const rejected = tries.filter((attempt) => attempt.status === 'rejected').map((attempt) => attempt.reason);

  expect(open).toHaveLength(smallLimit);
  expect(rejected.every((reason) => reason instanceof ConnectError), String(rejected)).toBe(true);

  // Open sockets can send, and closing one makes room for one more.
  await open[0]!.sendMessage('we are full');
  await expect(WireClient.open(url)).rejects.toThrow(ConnectError);
  open.pop()!.close();
  await expect(async () => open.push(await WireClient.open(url))).toPass({ timeout: 15_000 });
  await expect(WireClient.open(url)).rejects.toThrow(ConnectError);
  for (const client of open) client.close();
}
