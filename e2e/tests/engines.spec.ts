import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Engine } from '../support/engines/engine.ts';
import { PuppeteerEngine } from '../support/engines/puppeteer.ts';
import { WebKitEngine } from '../support/engines/webkit.ts';
import { png } from '../support/images.ts';
import { LocalServer, withDataDir } from '../support/local_server.ts';
import { chromium, firefox, webkit } from '../support/settings.ts';
import { WireClient } from '../support/wire_client.ts';

// The same steps in three browser engines: open, read, send, edit, react, image, offline and back.

/** The engines of this machine. `cargo xtask test` installs them, or says why it cannot. */
const engines = new Map<string, () => Promise<Engine>>([['Chromium', () => PuppeteerEngine.start('chrome', chromium)]]);
if (firefox) engines.set('Firefox', () => PuppeteerEngine.start('firefox', firefox!));
if (webkit) engines.set('WebKit', () => WebKitEngine.start(webkit!));

const field = '.composer-field';

/** The steps of the tests, in one engine. */
class Steps {
  private readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** Opens the room and records from then on what the page reports. */
  async open(url: string): Promise<void> {
    await this.engine.open(url);
    await this.expectConnection('live');
    await this.engine.evaluate(() => {
      const reports: string[] = [];
      Object.assign(window, { reports });
      addEventListener('error', (event) => reports.push(event.message));
      addEventListener('unhandledrejection', (event) => reports.push(String(event.reason)));
      addEventListener('securitypolicyviolation', (event) => reports.push(event.violatedDirective));
    });
  }

  async expectConnection(state: 'live' | 'offline'): Promise<void> {
    await this.expectValue(() => document.querySelector('.chat')?.getAttribute('data-connection'), state);
  }

  /** Types a text, sends it and waits until it is confirmed. */
  async send(text: string): Promise<void> {
    await this.write(text);
    await this.engine.press('Enter');
    await this.expectMessage(text, 'sent');
  }

  async write(text: string): Promise<void> {
    await this.engine.click(field);
    await this.engine.type(text);
  }

  /** Waits for one message with this text and this state. */
  async expectMessage(text: string, state: 'sent' | 'pending'): Promise<void> {
    const states = (text: string) =>
      [...document.querySelectorAll('article.message')]
        .filter((message) => message.querySelector('.message-text')?.textContent === text)
        .map((message) => (message as HTMLElement).dataset['state'])
        .join();
    await this.expectValue(states, state, text);
  }

  /** Clicks an action of the newest message. */
  async clickAction(name: string): Promise<void> {
    const button = `.actions button[aria-label="${name}"]`;
    await this.engine.hover('article.message:last-of-type');
    await this.expectValue((button) => document.querySelectorAll(button).length, 1, button);
    await this.engine.click(button);
  }

  /** Clicks an action of the open menu. */
  async clickMenuAction(name: string): Promise<void> {
    const button = `dialog.menu[open] button[value="${name}"]`;
    await this.expectValue((button) => document.querySelectorAll(button).length, 1, button);
    await this.engine.click(button);
  }

  /** Waits until the page returns this value. */
  async expectValue<A extends (string | number)[], T>(script: (...values: A) => T, value: T, ...values: A): Promise<void> {
    await expect.poll(() => this.engine.evaluate(script, ...values), { timeout: 15_000 }).toEqual(value);
  }
}

for (const [name, start] of engines) {
  test.describe(name, () => {
    let engine: Engine;
    let steps: Steps;
    let server: LocalServer;
    let ann: WireClient;

    /** Runs the steps with a server and a page of a room in which Ann has written. */
    const withRoom = (run: (data: string) => Promise<void>) => async () => {
      engine = await start();
      try {
        await withDataDir(async (data) => {
          server = await LocalServer.start(data);
          ann = await WireClient.open(`${server.url.replace('http', 'ws')}/ws?room=smoke&name=Ann`);
          await ann.sendMessage('**hello** from Ann');
          steps = new Steps(engine);
          await steps.open(`${server.url}/r/smoke`);
          await run(data);
          expect(await engine.evaluate(() => [...(window as any).reports])).toEqual([]);
          ann.close();
          await server.stop();
        });
      } finally {
        await engine.close();
      }
    };

    test('read, send, edit, react', withRoom(async () => {
      await steps.expectMessage('hello from Ann', 'sent');
      await steps.send('hello from here');
      await steps.clickAction('More actions');
      await steps.clickMenuAction('edit');
      await steps.write(' and there');
      await engine.press('Enter');
      await steps.expectMessage('hello from here and there', 'sent');
      await steps.clickAction('React with 👍');
      await steps.expectValue(() => document.querySelector('.reactions button')?.textContent?.replace(/\s/g, ''), '👍1');
      await ann.sendMessage('and back');
      await steps.expectMessage('and back', 'sent');
    }));

    test('the composer grows with its text', withRoom(async () => {
      const height = () => engine.evaluate(() => document.querySelector('.composer-field')!.clientHeight);
      const before = await height();
      await steps.write('one');
      for (const line of ['two', 'three', 'four']) {
        await engine.press('Enter', 'Shift');
        await engine.type(line);
      }
      await expect.poll(height).toBeGreaterThanOrEqual(before + 3 * 24);
      await engine.press('Enter');
      await expect.poll(height).toBe(before);
      await steps.expectMessage('one\ntwo\nthree\nfour', 'sent');
    }));

    test('an image is sent and shown', withRoom(async (data) => {
      const path = join(data, 'picture.png');
      await writeFile(path, png(40, 30));
      await engine.attach('.composer input[type=file]', path);
      await steps.expectValue(() => document.querySelectorAll('.tray img').length, 1);
      await engine.click('.send');
      const size = () => {
        const image = document.querySelector<HTMLImageElement>('[data-state=sent] .message-image img');
        return image?.complete ? `${image.naturalWidth} x ${image.naturalHeight}` : 'none';
      };
      await steps.expectValue(size, '40 x 30');
    }));

    test('offline and back', withRoom(async (data) => {
      await server.stop();
      await steps.expectConnection('offline');
      await steps.write('from the tunnel');
      await engine.press('Enter');
      await steps.expectMessage('from the tunnel', 'pending');
      server = await LocalServer.start(data, '--port', new URL(server.url).port);
      await engine.evaluate(() => dispatchEvent(new Event('online')));
      await steps.expectConnection('live');
      await steps.expectMessage('from the tunnel', 'sent');
    }));

    test('the program starts again after a panic', withRoom(async () => {
      await steps.write('a draft');
      await engine.evaluate(() => {
        document.createElement = () => {
          delete (document as { createElement?: unknown }).createElement;
          throw new TypeError('no element, says the test');
        };
      });
      await ann.sendMessage('while it fails');
      await steps.expectMessage('while it fails', 'sent');
      await engine.press('Enter');
      await steps.expectMessage('a draft', 'sent');
      // The panic itself.
      await engine.evaluate(() => void ((window as any).reports.length = 0));
    }));
  });
}
