import WebSocket from 'ws';

/** A frame of the server: a type and the fields of that type. */
export type Frame = { type: string; [field: string]: any };

/** Milliseconds to wait for an answer. */
const answerTimeout = 15_000;

/** A WebSocket client without a page, like any command-line client. */
export class WireClient {
  /** Resolves with the close code when the server or the network closes the socket. */
  readonly closed: Promise<number>;
  private readonly socket: WebSocket;
  private readonly frames: Frame[] = [];
  private wake: () => void = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', (code) => (resolve(code), this.wake())));
    socket.on('message', (bytes) => {
      this.frames.push(JSON.parse(bytes.toString()));
      this.wake();
    });
    socket.on('error', () => {});
  }

  /** Opens a socket, with an `Origin` header if one is given. Throws [`ConnectError`] when the server rejects it. */
  static async open(url: string, origin?: string): Promise<WireClient> {
    const socket = new WebSocket(url, { handshakeTimeout: answerTimeout, ...(origin === undefined ? {} : { origin }) });
    const client = new WireClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('unexpected-response', (_, answer) => {
        reject(new ConnectError(answer.statusCode ?? 0));
        answer.resume();
        socket.terminate();
      });
      socket.once('error', reject);
    });
    return client;
  }

  /** Sends one frame: strings and bytes unchanged, anything else as JSON. */
  send(frame: string | Buffer | object): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Sends one message in several WebSocket frames. */
  sendInParts(...parts: string[]): void {
    for (const [number, part] of parts.entries()) this.socket.send(part, { fin: number === parts.length - 1 });
  }

  /** Takes the next frame of one of these types. Frames of other types stay in the queue. */
  async next(...types: string[]): Promise<Frame> {
    const deadline = Date.now() + answerTimeout;
    for (;;) {
      const index = this.frames.findIndex((frame) => types.includes(frame.type));
      if (index >= 0) return this.frames.splice(index, 1)[0]!;
      if (this.socket.readyState >= WebSocket.CLOSING) throw new Error(`the socket closed before a ${types} arrived`);
      if (Date.now() > deadline) throw new Error(`no ${types} within ${answerTimeout} ms, only ${JSON.stringify(this.frames)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** Sends a frame and takes the answer of that type, or the error. */
  async request(frame: object, answer: string): Promise<Frame> {
    this.send(frame);
    return this.next(answer, 'error');
  }

  /** Takes all frames of a type that were sent before now. The answer to a ping arrives after everything sent before it. */
  async drain(type: string): Promise<Frame[]> {
    await this.request({ action: 'ping' }, 'pong');
    const drained = this.frames.filter((frame) => frame.type === type);
    this.frames.splice(0, this.frames.length, ...this.frames.filter((frame) => frame.type !== type));
    return drained;
  }

  /** Sends a message and waits until it is stored. */
  async sendMessage(text: string, nonce: string = crypto.randomUUID()): Promise<Frame> {
    this.send({ action: 'send', text, nonce });
    for (;;) {
      const message = await this.next('message');
      if (message['nonce'] === nonce) return message;
    }
  }

  /** Returns the newest page of the room, as a client without any state gets it. */
  async newestMessages(): Promise<Frame[]> {
    this.send({ action: 'hello' });
    await this.next('welcome');
    return (await this.next('page'))['messages'];
  }

  /** Returns all messages of the room, oldest first. */
  async allMessages(): Promise<Frame[]> {
    let all = await this.newestMessages();
    for (let more = all.length > 0; more; ) {
      this.send({ action: 'history', before: all[0]!['seq'] });
      const page = await this.next('page');
      all = [...page['messages'], ...all];
      more = page['more'] && page['messages'].length > 0;
    }
    return all;
  }

  close(): void {
    this.socket.terminate();
  }
}

/** The server rejected a socket. */
export class ConnectError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the server rejected the socket with status ${status}`);
    this.status = status;
  }
}
