import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { WireClient } from '../support/wire_client.ts';

const socket = (server: LocalServer, room: string) => `${server.url.replace('http', 'ws')}/ws?room=${room}`;

test('kill -9 loses no acknowledged message', async ({ room }) => {
  await withDataDir(async (data) => {
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const server = await LocalServer.start(data);
      const clients = await Promise.all(Array.from({ length: 4 }, () => WireClient.open(socket(server, room))));
      // Four clients send as fast as they are answered, until the process is killed.
      const target = acknowledged.length + 100;
      const sending = clients.map(async (client) => {
        for (;;) {
          const nonce = crypto.randomUUID();
          await client.sendMessage('unlucky', nonce);
          acknowledged.push(nonce);
          if (acknowledged.length === target) void server.stop('SIGKILL');
        }
      });
      const ends = await Promise.allSettled(sending);
      expect(ends.every((end) => end.status === 'rejected')).toBe(true);
      expect(await server.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
      expect(acknowledged.length).toBeGreaterThanOrEqual(target);
    }

    const server = await LocalServer.start(data);
    const reader = await WireClient.open(socket(server, room));
    const stored = await reader.allMessages();
    const nonces = stored.map((message) => message['nonce']);
    expect(acknowledged.filter((nonce) => !nonces.includes(nonce))).toEqual([]);
    expect(new Set(nonces).size, 'no message is stored twice').toBe(nonces.length);
    const seqs = stored.map((message) => message['seq'] as number);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    reader.close();
    await server.stop();
  });
});

test('a copy of the binary serves the page from any directory', async ({ page }) => {
  await withDataDir(async (directory) => {
    const server = await LocalServer.startCopyIn(directory);
    const chat = new ChatPage(page);
    await page.goto(`${server.url}/r/anywhere`);
    await chat.waitForState('live');
    await chat.sendMessage('no files needed');
    await expect(chat.messageWithText('no files needed')).toHaveAttribute('data-state', 'sent');

    const [script] = /\/assets\/page-\w+\.js/.exec(await (await fetch(server.url)).text())!;
    const load = async (path: string, encoding: string) => {
      const answer = await fetch(server.url + path, { headers: { 'accept-encoding': encoding } });
      const { headers, status } = answer;
      return { status, encoding: headers.get('content-encoding'), cache: headers.get('cache-control'), body: await answer.text() };
    };
    const [compressed, plain] = [await load(script, 'br'), await load(script, 'identity')];
    expect(plain).toEqual({ ...compressed, encoding: null });
    expect(compressed).toMatchObject({ status: 200, encoding: 'br', cache: 'public, max-age=31536000, immutable' });
    for (const path of ['/sw.js', '/assets/app/manifest.webmanifest']) expect(await load(path, 'br')).toMatchObject({ status: 200, cache: 'no-cache' });
    await server.stop();
  });
});

test('connections of a killed process do not count after a restart', async ({ room }) => {
  await withDataDir(async (data) => {
    const before = await LocalServer.start(data, '--limit-connection-count', '2');
    await Promise.all([WireClient.open(socket(before, room)), WireClient.open(socket(before, room))]);
    await before.stop('SIGKILL');
    const after = await LocalServer.start(data, '--limit-connection-count', '2');
    const clients = await Promise.all([WireClient.open(socket(after, room)), WireClient.open(socket(after, room))]);
    for (const client of clients) client.close();
    await after.stop();
  });
});

test('a data directory in use by another process is rejected', async ({ room }) => {
  await withDataDir(async (data) => {
    const holder = await LocalServer.start(data);
    const second = await LocalServer.startExpectingExit(data);
    expect(second.code).toBe(1);
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    expect(second.stderr).toContain(data);
    // The process that uses it is unaffected.
    const client = await WireClient.open(socket(holder, room));
    await client.sendMessage('still mine');
    client.close();
    await holder.stop();
  });
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} shuts the process down and closes its sockets`, async ({ room }) => {
    await withDataDir(async (data) => {
      const server = await LocalServer.start(data);
      const client = await WireClient.open(socket(server, room));
      expect(await server.stop(signal)).toEqual({ code: 0, signal: null });
      expect([1000, 1001]).toContain(await client.closed);
    });
  });
}
