import { expect, type Browser, type Locator, type Page } from '@playwright/test';
import type { Deployment } from './fixtures.ts';

/** The page of a room in a browser. */
export class ChatPage {
  readonly log: Locator;
  readonly messages: Locator;
  readonly composer: Locator;
  readonly sendButton: Locator;
  readonly newMessages: Locator;
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    // A thread beside the log is a log, too.
    this.log = page.locator('.log[role="log"]');
    this.messages = this.log.locator('article.message');
    this.composer = page.getByLabel('Message', { exact: true });
    this.sendButton = page.locator('.composer .send');
    this.newMessages = page.locator('.new-messages');
  }

  /** Opens a room and waits until its socket is connected. */
  static async open(page: Page, deployment: Deployment, room: string): Promise<ChatPage> {
    await page.goto(deployment.pageUrl(room));
    const chat = new ChatPage(page);
    await chat.waitForState('live');
    return chat;
  }

  /** Waits for a state of the connection. */
  async waitForState(connection: 'connecting' | 'live' | 'offline' | 'over'): Promise<void> {
    await expect(this.page.locator('.chat')).toHaveAttribute('data-connection', connection);
  }

  /** Types a message and sends it. */
  async sendMessage(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.send();
  }

  /** Sends the text of the composer with a key. On a phone, Enter makes a new line. */
  async send(): Promise<void> {
    const isPhone = await this.page.evaluate(() => matchMedia('(pointer: coarse)').matches);
    await this.composer.press(isPhone ? 'Control+Enter' : 'Enter');
  }

  /** Locates the messages with exactly this text. */
  messageWithText(text: string): Locator {
    const exactly = new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
    return this.messages.filter({ has: this.page.locator('.message-text', { hasText: exactly }) });
  }

  /** Waits until the log shows exactly these messages, in this order. */
  async expectMessages(...texts: string[]): Promise<void> {
    await expect(this.messages.locator('.message-text')).toHaveText(texts);
  }

  /** Scrolls to the oldest loaded message in one jump. */
  async scrollToOldest(): Promise<void> {
    // A log that is laid out from its end counts downwards from there; any other log stops at 0.
    await this.log.evaluate((log) => log.scrollTo({ top: -log.scrollHeight, behavior: 'instant' }));
  }
}

/** Opens the room as another person, in a browser context of their own. */
export async function openSecondBrowser(browser: Browser, deployment: Deployment, room: string): Promise<ChatPage> {
  return ChatPage.open(await (await browser.newContext({ locale: 'en-GB' })).newPage(), deployment, room);
}
