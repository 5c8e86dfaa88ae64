import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { WireClient } from '../support/wire_client.ts';

const socket = (server: LocalServer, room: string) => `${server.url.replace('http', 'ws')}/ws?room=${room}`;

test('after kill -9 every message that was acknowledged is there, once and in order', async ({ room }) => {
  await withDataDir(async (data) => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const server = await LocalServer.start(data);
      const wires = await Promise.all(Array.from({ length: 4 }, () => WireClient.open(socket(server, room))));
      // Four people talk as fast as they are answered, until the process is gone under them.
      const enough = acknowledged.length + 100;
      const talking = wires.map(async (wire) => {
        for (;;) {
          const nonce = crypto.randomUUID();
          await wire.sendMessage('unlucky', nonce);
          acknowledged.push(nonce);
          if (acknowledged.length === enough) void server.stop('SIGKILL');
        }
      });
      const ends = await Promise.allSettled(talking);
      expect(ends.every((end) => end.status === 'rejected')).toBe(true);
      expect(await server.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
      expect(acknowledged.length).toBeGreaterThanOrEqual(enough);
    }

    const server = await LocalServer.start(data);
    const reader = await WireClient.open(socket(server, room));
    const stored = await reader.allMessages();
    const nonces = stored.map((message) => message['nonce']);
    expect(acknowledged.filter((nonce) => !nonces.includes(nonce))).toEqual([]);
    expect(new Set(nonces).size, 'none is there twice').toBe(nonces.length);
    const places = stored.map((message) => message['seq'] as number);
    expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    reader.close();
    await server.stop();
  });
});

test('connections of a killed process are not counted by the next one', async ({ room }) => {
  await withDataDir(async (data) => {
    const before = await LocalServer.start(data, '--limit-connection-count', '2');
    await Promise.all([WireClient.open(socket(before, room)), WireClient.open(socket(before, room))]);
    await before.stop('SIGKILL');
    const after = await LocalServer.start(data, '--limit-connection-count', '2');
    const wires = await Promise.all([WireClient.open(socket(after, room)), WireClient.open(socket(after, room))]);
    for (const wire of wires) wire.close();
    await after.stop();
  });
});

test('a data directory that another process holds is refused with a sentence', async ({ room }) => {
  await withDataDir(async (data) => {
    const holder = await LocalServer.start(data);
    const second = await LocalServer.startExpectingExit(data);
    expect(second.code).toBe(1);
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    expect(second.stderr).toContain(data);
    // The one that holds it goes on as if nothing had happened.
    const wire = await WireClient.open(socket(holder, room));
    await wire.sendMessage('still mine');
    wire.close();
    await holder.stop();
  });
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends the process in order, and says goodbye to its sockets`, async ({ room }) => {
    await withDataDir(async (data) => {
      const server = await LocalServer.start(data);
      const wire = await WireClient.open(socket(server, room));
      expect(await server.stop(signal)).toEqual({ code: 0, signal: null });
      expect([1000, 1001]).toContain(await wire.closed);
    });
  });
}
