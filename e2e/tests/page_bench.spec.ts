import { expect, test, type Browser, type Page } from '@playwright/test';
import { ChatPage } from '../support/chat_page.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { WireClient } from '../support/wire_client.ts';

// How fast the page is. It prints a table and checks no time, because times depend on the machine.

/** Slow 4G as in Lighthouse: 1.6 Mbit/s, 150 ms. */
const slow4g = { offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (0.75 * 1024 * 1024) / 8 };
/** The processor of a phone, as in Lighthouse. */
const slowProcessor = 4;
/** Messages of a page of history. */
const perPage = 100;
/** Pages of history that are loaded. */
const pages = 25;
const rounds = 3;

const median = (values: number[]) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)]!;

function print(what: string, milliseconds: number[], note = ''): void {
  const list = milliseconds.map((value) => value.toFixed(0)).join(', ');
  console.log(`${what.padEnd(64)} ${median(milliseconds).toFixed(0).padStart(7)} ms   (${list}) ${note}`);
}

/** Fills a room with messages. */
async function fill(url: string, room: string, count: number): Promise<void> {
  const client = await WireClient.open(`${url.replace('http', 'ws')}/ws?room=${room}&name=Ann`);
  for (let at = 1; at <= count; at += 1) await client.sendMessage(`Line ${at} of a **conversation** about boats and ropes.`);
  client.close();
}

/** Opens a page that notes when its connection is live, on a slow network and processor if `isSlow`. */
async function newPage(browser: Browser, isSlow: boolean): Promise<Page> {
  const page = await (await browser.newContext({ serviceWorkers: 'block' })).newPage();
  await page.addInitScript(() => {
    const note = () => {
      if (document.querySelector('[data-connection=live]')) Object.assign(window, { live: (window as any).live ?? performance.now() });
      else requestAnimationFrame(note);
    };
    note();
  });
  if (isSlow) {
    const session = await page.context().newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', slow4g);
    await session.send('Emulation.setCPUThrottlingRate', { rate: slowProcessor });
  }
  return page;
}

async function untilLive(page: Page, address: string): Promise<number> {
  await page.goto(address);
  await page.waitForFunction(() => (window as any).live !== undefined);
  return page.evaluate(() => (window as any).live);
}

/** Prints when each file of a visit was loaded, and what was drawn when. */
async function printTrace(page: Page): Promise<void> {
  // What is loaded on demand comes a second later.
  await page.waitForFunction(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('on_demand')).length === 2);
  const rows = await page.evaluate(() => {
    const files = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')] as PerformanceResourceTiming[];
    const loaded = files.map(({ name, startTime, responseEnd, encodedBodySize }) => ({ name: new URL(name).pathname, startTime, end: responseEnd, bytes: encodedBodySize }));
    const drawn = performance.getEntriesByType('paint').map(({ name, startTime }) => ({ name, startTime, end: startTime, bytes: 0 }));
    const live = (window as any).live as number;
    return [...loaded, ...drawn, { name: 'live', startTime: live, end: live, bytes: 0 }].sort((one, other) => one.startTime - other.startTime);
  });
  console.log('cold visit, slow 4G, processor 4 times slower: start and end in ms, bytes of the body');
  for (const { name, startTime, end, bytes } of rows) {
    console.log(`${startTime.toFixed(0).padStart(8)} ${end.toFixed(0).padStart(6)} ${String(bytes || '').padStart(8)}  ${name}`);
  }
}

test('page', async ({ browser }) => {
  await withDataDir(async (data) => {
    const server = await LocalServer.start(data, '--limit-message-count', String(perPage));
    try {
      await fill(server.url, 'bench', perPage);
      await fill(server.url, 'long', (pages + 1) * perPage);
      await measureVisits(browser, server.url);
      await measureHistory(browser, server.url);
    } finally {
      await server.stop();
    }
  });
});

async function measureVisits(browser: Browser, url: string): Promise<void> {
  const times: Record<string, number[]> = { slow: [], fast: [], send: [], room: [] };
  for (let round = 0; round < rounds; round += 1) {
    const slow = await newPage(browser, true);
    times['slow']!.push(await untilLive(slow, `${url}/r/bench`));
    if (round === rounds - 1) await printTrace(slow);
    await slow.context().close();
    const page = await newPage(browser, false);
    times['fast']!.push(await untilLive(page, `${url}/r/bench`));
    times['send']!.push(await timeOfSend(page));
    const started = Date.now();
    await page.goto(`${url}/r/other`);
    await new ChatPage(page).waitForState('live');
    times['room']!.push(Date.now() - started);
    await page.context().close();
  }
  print('cold visit until live, slow 4G, processor 4 times slower', times['slow']!);
  print('cold visit until live', times['fast']!);
  print('own message is drawn after Enter', times['send']!);
  print('another room until live, files in the cache', times['room']!);
}

/** Returns the milliseconds from Enter until the message is in the log. */
async function timeOfSend(page: Page): Promise<number> {
  await page.locator('.composer-field').fill('on its way');
  return page.evaluate(async () => {
    const field = document.querySelector<HTMLTextAreaElement>('.composer-field')!;
    const count = document.querySelectorAll('article').length;
    const started = performance.now();
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
    while (document.querySelectorAll('article').length === count) await new Promise((later) => setTimeout(later));
    return performance.now() - started;
  });
}

async function measureHistory(browser: Browser, url: string): Promise<void> {
  const page = await newPage(browser, false);
  await untilLive(page, `${url}/r/long`);
  const chat = new ChatPage(page);
  const times: number[] = [];
  for (let number = 1; number <= pages; number += 1) {
    times.push(await page.evaluate(async () => {
      const log = document.querySelector('.log')!;
      const first = () => document.querySelector('article')?.id;
      const before = first();
      const started = performance.now();
      log.scrollTo({ top: -log.scrollHeight, behavior: 'instant' });
      while (first() === before) await new Promise((later) => requestAnimationFrame(later));
      return performance.now() - started;
    }));
  }
  const nodes = await page.evaluate(() => document.querySelectorAll('*').length);
  print('history: pages 1 to 5', times.slice(0, 5));
  print(`history: pages ${pages - 4} to ${pages}`, times.slice(-5), `${nodes} elements, ${await chat.messages.count()} messages drawn`);
  expect(nodes).toBeLessThan(10_000);
  await page.context().close();
}
