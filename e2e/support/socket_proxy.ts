import type { Page, WebSocketRoute } from '@playwright/test';

/** Stands between a page's WebSocket and its server. Tests use it to disconnect, delay, reject and inject frames. */
export class SocketProxy {
  private readonly open = new Set<WebSocketRoute>();
  private readonly dead = new Set<WebSocketRoute>();
  private heldSends: (() => void)[] | undefined;
  private rejection: { action: string; code: string; retryAfter?: number } | undefined;
  private profiles: object | undefined;
  private state: 'up' | 'dropping replies' | 'down' = 'up';

  /** Installs the proxy. Call it before the page is opened. */
  static async install(page: Page): Promise<SocketProxy> {
    const proxy = new SocketProxy();
    await page.routeWebSocket(/.*/, (socket) => proxy.connect(socket));
    return proxy;
  }

  /** Closes the socket and refuses new ones. */
  async disconnect(): Promise<void> {
    this.state = 'down';
    await Promise.all([...this.open].map((socket) => socket.close({ code: 4000, reason: 'the test disconnected the socket' })));
    this.open.clear();
  }

  /** Passes nothing on any more on the open sockets, which neither side notices. New ones work. */
  killSilently(): void {
    for (const socket of this.open) this.dead.add(socket);
  }

  /** Drops the server's frames. The page's frames still arrive at the server. */
  dropReplies(): void {
    this.state = 'dropping replies';
  }

  /** Lets new sockets through again. */
  restore(): void {
    this.state = 'up';
  }

  /** Holds the page's `send` frames back until `releaseSends` is called. */
  holdSends(): void {
    this.heldSends = [];
  }

  releaseSends(): void {
    const held = this.heldSends ?? [];
    this.heldSends = undefined;
    for (const send of held) send();
  }

  /** Answers the page's next `send` frame with an error. The server never gets it. */
  rejectNextSend(code: 'badField' | 'unavailable'): void {
    this.rejectNext('send', code);
  }

  /** Answers the page's next frame of this action with an error. The server never gets it. */
  rejectNext(action: string, code: string, retryAfter?: number): void {
    this.rejection = { action, code, ...(retryAfter && { retryAfter }) };
  }

  /** Sends the page a frame that the server did not send. */
  injectFrame(frame: object): void {
    for (const socket of this.open) socket.send(JSON.stringify(frame));
  }

  /** Replaces the server's next frame with profiles. */
  replaceNextProfiles(frame: object): void {
    this.profiles = frame;
  }

  /** The number of open sockets of the page. */
  count(): number {
    return this.open.size;
  }

  private connect(socket: WebSocketRoute): void {
    if (this.state === 'down') {
      void socket.close({ code: 4000, reason: 'the test disconnected the socket' });
      return;
    }
    const server = socket.connectToServer();
    this.open.add(socket);
    socket.onMessage((frame) => {
      if (this.dead.has(socket)) return;
      const command = JSON.parse(String(frame));
      if (this.rejection?.action === command.action) {
        const error = { type: 'error', ...this.rejection, message: 'Not like this.', nonce: command.nonce };
        this.rejection = undefined;
        socket.send(JSON.stringify(error));
      } else if (this.heldSends && command.action === 'send') {
        this.heldSends.push(() => server.send(frame));
      } else {
        server.send(frame);
      }
    });
    socket.onClose(() => {
      this.open.delete(socket);
      void server.close();
    });
    server.onMessage((frame) => {
      if (this.state !== 'up' || this.dead.has(socket)) return;
      if (this.profiles && JSON.parse(String(frame)).type === 'profiles') {
        socket.send(JSON.stringify(this.profiles));
        this.profiles = undefined;
      } else {
        socket.send(frame);
      }
    });
  }
}
