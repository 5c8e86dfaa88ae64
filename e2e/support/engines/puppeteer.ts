import { launch, type Browser, type Page } from 'puppeteer-core';
import type { Engine } from './engine.ts';

/** Chromium and Firefox, driven by WebDriver BiDi. */
export class PuppeteerEngine implements Engine {
  private readonly browser: Browser;
  private readonly page: Page;

  private constructor(browser: Browser, page: Page) {
    this.browser = browser;
    this.page = page;
  }

  static async start(name: 'chrome' | 'firefox', executablePath: string): Promise<Engine> {
    const args = name === 'chrome' ? ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--lang=en-GB'] : [];
    const browser = await launch({ browser: name, executablePath, args, headless: true, protocol: 'webDriverBiDi', extraPrefsFirefox: { 'intl.accept_languages': 'en-GB' } });
    return new PuppeteerEngine(browser, await browser.newPage());
  }

  async open(url: string): Promise<void> {
    await this.page.goto(url, { waitUntil: 'domcontentloaded' });
  }

  evaluate<A extends (string | number)[], T>(script: (...values: A) => T, ...values: A): Promise<T> {
    return this.page.evaluate(script as (...values: unknown[]) => T, ...values) as Promise<T>;
  }

  hover(selector: string): Promise<void> {
    return this.page.hover(selector);
  }

  click(selector: string): Promise<void> {
    return this.page.click(selector);
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text);
  }

  async press(key: 'Enter', modifier?: 'Shift'): Promise<void> {
    if (modifier) await this.page.keyboard.down(modifier);
    await this.page.keyboard.press(key);
    if (modifier) await this.page.keyboard.up(modifier);
  }

  async attach(selector: string, path: string): Promise<void> {
    const input = (await this.page.$(selector))!.toElement('input');
    await (await input).uploadFile(path);
  }

  close(): Promise<void> {
    return this.browser.close();
  }
}
