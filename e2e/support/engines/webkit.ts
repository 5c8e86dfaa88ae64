import { spawn, type ChildProcess } from 'node:child_process';
import { expect } from '@playwright/test';
import { Builder, By, Capabilities, Key, type WebDriver } from 'selenium-webdriver';
import { freePort } from '../ports.ts';
import type { Engine } from './engine.ts';

/** WebKit, as WebKitGTK's MiniBrowser on a screen of its own, driven by WebDriver. */
export class WebKitEngine implements Engine {
  private readonly process: ChildProcess;
  private readonly driver: WebDriver;

  private constructor(process: ChildProcess, driver: WebDriver) {
    this.process = process;
    this.driver = driver;
  }

  /** Starts the programs `WebKitWebDriver` and `MiniBrowser` under `xvfb-run`. */
  static async start(browserPath: string): Promise<Engine> {
    const port = await freePort();
    const environment = { ...process.env, LANG: 'en_GB.UTF-8', LANGUAGE: 'en_GB' };
    // A group of its own, which `close` ends as a whole: the screen, the driver and the browser.
    const programs = spawn('xvfb-run', ['--auto-servernum', 'WebKitWebDriver', `--port=${port}`], { detached: true, stdio: 'ignore', env: environment });
    const address = `http://127.0.0.1:${port}`;
    const isReady = async () => (await fetch(`${address}/status`).catch(() => undefined))?.ok;
    await expect.poll(isReady, 'WebKitWebDriver is ready').toBe(true);
    const capabilities = new Capabilities().setBrowserName('MiniBrowser');
    capabilities.set('webkitgtk:browserOptions', { binary: browserPath, args: ['--automation'] });
    const driver = await new Builder().usingServer(address).withCapabilities(capabilities).build();
    return new WebKitEngine(programs, driver);
  }

  async open(url: string): Promise<void> {
    await this.driver.get(url);
  }

  evaluate<A extends (string | number)[], T>(script: (...values: A) => T, ...values: A): Promise<T> {
    return this.driver.executeScript<T>(script, ...values);
  }

  async hover(selector: string): Promise<void> {
    const element = this.driver.findElement(By.css(selector));
    // The driver skips a move to the point where the last move ended, even if a click has moved the mouse since.
    await this.driver.actions().move({ x: 0, y: 0 }).move({ origin: element }).perform();
  }

  async click(selector: string): Promise<void> {
    await this.driver.findElement(By.css(selector)).click();
  }

  async type(text: string): Promise<void> {
    await this.driver.actions().sendKeys(text).perform();
  }

  async press(key: 'Enter', modifier?: 'Shift'): Promise<void> {
    const code = { Enter: Key.ENTER }[key];
    const actions = this.driver.actions();
    await (modifier ? actions.keyDown(Key.SHIFT).sendKeys(code).keyUp(Key.SHIFT) : actions.sendKeys(code)).perform();
  }

  async attach(selector: string, path: string): Promise<void> {
    await this.driver.findElement(By.css(selector)).sendKeys(path);
  }

  async close(): Promise<void> {
    await this.driver.quit();
    const ended = new Promise((resolve) => this.process.once('close', resolve));
    process.kill(-this.process.pid!, 'SIGTERM');
    await ended;
  }
}
