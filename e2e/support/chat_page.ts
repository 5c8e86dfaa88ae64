import { expect, type Locator, type Page, type WebSocketRoute } from '@playwright/test';
import type { Home } from './fixtures.ts';

/** The page of a room in a browser, in the chat's own words. */
export class ChatPage {
  readonly log: Locator;
  readonly messages: Locator;
  readonly composer: Locator;
  readonly newMessages: Locator;
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    this.log = page.getByRole('log');
    this.messages = this.log.locator('article.message');
    this.composer = page.getByLabel('Message', { exact: true });
    this.newMessages = page.locator('.new-messages');
  }

  /** Opens a room and waits until the conversation is live. */
  static async open(page: Page, home: Home, room: string): Promise<ChatPage> {
    await page.goto(home.page(room));
    const chat = new ChatPage(page);
    await chat.is('live');
    return chat;
  }

  /** Waits for a state of the connection. */
  async is(connection: 'connecting' | 'live' | 'offline' | 'over'): Promise<void> {
    await expect(this.page.locator('.chat')).toHaveAttribute('data-connection', connection);
  }

  /** Writes a message and sends it. */
  async say(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press('Enter');
  }

  /** The messages with exactly this text. */
  saying(text: string): Locator {
    const exactly = new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
    return this.messages.filter({ has: this.page.locator('.message-text', { hasText: exactly }) });
  }

  /** Waits until exactly these messages are shown, in this order. */
  async shows(...texts: string[]): Promise<void> {
    await expect(this.messages.locator('.message-text')).toHaveText(texts);
  }

  /** The reader goes to the top of what is loaded, in one jump. */
  async scrollUp(): Promise<void> {
    // A log that is laid out from its end counts downwards from there; any other stops at 0.
    await this.log.evaluate((log) => log.scrollTo({ top: -log.scrollHeight, behavior: 'instant' }));
  }
}

/** The line between a page and its server: it can be cut, held and mended. */
export class Line {
  private readonly open = new Set<WebSocketRoute>();
  private held: (() => void)[] | undefined;
  private refusing: { action: string; code: string; retryAfter?: number } | undefined;
  private state: 'up' | 'deaf' | 'down' = 'up';

  /** Lays the line. Before the page is opened. */
  static async lay(page: Page): Promise<Line> {
    const line = new Line();
    await page.routeWebSocket(/.*/, (socket) => line.carry(socket));
    return line;
  }

  /** The socket breaks, and no new one comes through. */
  async cut(): Promise<void> {
    this.state = 'down';
    await Promise.all([...this.open].map((socket) => socket.close({ code: 4000, reason: 'the line is cut' })));
    this.open.clear();
  }

  /** What the page says arrives, but nothing comes back. */
  deafen(): void {
    this.state = 'deaf';
  }

  /** New sockets come through again. */
  mend(): void {
    this.state = 'up';
  }

  /** What the page says waits until it is let go. */
  hold(): void {
    this.held = [];
  }

  release(): void {
    const held = this.held ?? [];
    this.held = undefined;
    for (const send of held) send();
  }

  /** The next `send` of the page is answered with an error, and never arrives. */
  refuseNextSend(code: 'badField' | 'unavailable'): void {
    this.refuseNext('send', code);
  }

  /** The next frame of this action is answered with an error, and never arrives. */
  refuseNext(action: string, code: string, retryAfter?: number): void {
    this.refusing = { action, code, ...(retryAfter && { retryAfter }) };
  }

  /** The page hears a frame that the server has not said. */
  tell(frame: object): void {
    for (const socket of this.open) socket.send(JSON.stringify(frame));
  }

  private carry(socket: WebSocketRoute): void {
    if (this.state === 'down') {
      void socket.close({ code: 4000, reason: 'the line is cut' });
      return;
    }
    const server = socket.connectToServer();
    this.open.add(socket);
    socket.onMessage((frame) => {
      const said = JSON.parse(String(frame));
      if (this.refusing?.action === said.action) {
        const answer = { type: 'error', ...this.refusing, message: 'Not like this.', nonce: said.nonce };
        this.refusing = undefined;
        socket.send(JSON.stringify(answer));
      } else if (this.held && said.action === 'send') {
        this.held.push(() => server.send(frame));
      } else {
        server.send(frame);
      }
    });
    server.onMessage((frame) => {
      if (this.state === 'up') socket.send(frame);
    });
  }
}
