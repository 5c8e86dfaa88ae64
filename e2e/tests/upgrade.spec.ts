import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Browser } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { expect, test } from '../support/fixtures.ts';
import { requireEnv } from '../support/settings.ts';
import { startStackProxy } from '../support/stack_proxy.ts';
import { WireClient } from '../support/wire_client.ts';

// Both versions have the same functions. The files of the page have other hashes in their names in the second one
// (`xtask/src/test/upgrade.rs`).
type Version = 'a' | 'b';

/** Deploys a version to the stack of this test. */
async function deploy(version: Version): Promise<void> {
  const template = `${requireEnv('STACK_UPGRADE_VERSIONS')}/${version}/template.yaml`;
  await promisify(execFile)('sam', ['deploy', '--template-file', template, ...requireEnv('STACK_UPGRADE_FLAGS').split('\n')]);
}

/** Returns the paths of the files that a page names, without those that keep their names in every version. */
function filesOf(html: string): string[] {
  const head = html.slice(0, html.indexOf('id="page-state"'));
  return [...new Set(head.match(/\/assets\/(?!app\/)[\w./-]+/g))].sort();
}

/** Fails unless all of these files are served. */
async function expectServed(url: string, files: string[]): Promise<void> {
  expect(files.length, 'files of the page').toBeGreaterThan(3);
  for (const file of files) expect((await fetch(url + file)).status, file).toBe(200);
}

/** Visits the room as a new person: the page comes alive, and all of its files are there. Returns the paths of its files. */
async function visit(browser: Browser, url: string, room: string): Promise<string[]> {
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  const failures: string[] = [];
  page.on('response', (response) => response.status() >= 400 && failures.push(`${response.status()} ${response.url()}`));
  page.on('requestfailed', (request) => failures.push(`${request.failure()?.errorText} ${request.url()}`));
  page.on('pageerror', (error) => failures.push(String(error)));
  const answer = await page.goto(`${url}/r/${room}`);
  const files = filesOf((await answer?.text()) ?? '');
  await expectServed(url, files);
  await new ChatPage(page).waitForState('live');
  expect(failures, 'what failed on a page').toEqual([]);
  await context.close();
  return files;
}

/** Sends a message until it is acknowledged, as a page does: again under the same nonce, on a new socket. */
async function sendMessage(socket: string, text: string): Promise<void> {
  const nonce = crypto.randomUUID();
  await expect(async () => {
    const client = await WireClient.open(socket);
    try {
      await client.newestMessages();
      expect(await client.sendMessage(text, nonce)).toMatchObject({ text });
    } finally {
      client.close();
    }
  }).toPass({ timeout: 60_000 });
}

test('an upgrade and the way back break no page and lose no message', async ({ browser, page, room }) => {
  test.setTimeout(5 * 60_000);
  const { url, close } = await startStackProxy(Number(requireEnv('STACK_UPGRADE_PORT')), 'STACK_UPGRADE');
  const socket = `${requireEnv('STACK_UPGRADE_SOCKET')}?room=${room}&name=Wire`;
  const first = await visit(browser, url, room);

  // This page is open all the time, and writes with the program of the first version.
  await page.goto(`${url}/r/${room}`);
  const chat = new ChatPage(page);
  await chat.waitForState('live');

  let isOver = false;
  const repeat = async (work: (round: number) => Promise<unknown>) => {
    for (let round = 1; !isOver; round += 1) await work(round);
  };
  const acknowledged: string[] = [];
  const versions = new Set<string>();
  const upgrade = async () => {
    try {
      await deploy('b');
      const second = await visit(browser, url, room);
      expect(second.filter((file) => first.includes(file)), 'files that both versions have').toEqual([]);
      await expectServed(url, first);
      await deploy('a');
      expect(await visit(browser, url, room)).toEqual(first);
      await expectServed(url, second);
    } finally {
      isOver = true;
    }
  };
  await Promise.all([
    upgrade(),
    repeat(async () => versions.add((await visit(browser, url, room)).join())),
    repeat(async (round) => {
      await sendMessage(socket, `wire ${round}`);
      acknowledged.push(`wire ${round}`);
    }),
    repeat(async (round) => {
      await chat.sendMessage(`page ${round}`);
      await expect(chat.messageWithText(`page ${round}`)).toHaveAttribute('data-state', 'sent', { timeout: 60_000 });
      acknowledged.push(`page ${round}`);
    }),
  ]);
  expect(versions.size, 'versions that visitors saw').toBe(2);

  const client = await WireClient.open(socket);
  const stored = (await client.allMessages()).map((message) => String(message['text']));
  client.close();
  expect(acknowledged.length).toBeGreaterThan(20);
  for (const sender of ['wire', 'page']) {
    const of = (texts: string[]) => texts.filter((text) => text.startsWith(sender));
    expect(of(stored), `messages of ${sender}, each once and in their order`).toEqual(of(acknowledged));
  }
  await close();
});
