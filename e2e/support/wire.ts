import WebSocket from 'ws';

/** What the server says: a type, and whatever belongs to it. */
export type Frame = { type: string; [field: string]: any };

/** How long an answer may take. */
const patience = 15_000;

/** A bare WebSocket client, without a page: what any command-line client is. */
export class Wire {
  /** Settles with the close code when the server or the network ends it. */
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

  /** Opens a socket, as a page of `origin` if there is one; fails with [`Refused`] when the server does not want it. */
  static async open(url: string, origin?: string): Promise<Wire> {
    const socket = new WebSocket(url, { handshakeTimeout: patience, ...(origin === undefined ? {} : { origin }) });
    const wire = new Wire(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('unexpected-response', (_, answer) => {
        reject(new Refused(answer.statusCode ?? 0));
        answer.resume();
        socket.terminate();
      });
      socket.once('error', reject);
    });
    return wire;
  }

  /** Sends one frame: a text or bytes as they are, anything else as JSON. */
  send(frame: string | Buffer | object): void {
    this.socket.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame));
  }

  /** Takes the next frame of one of these types; those of other types are left where they are. */
  async next(...types: string[]): Promise<Frame> {
    const until = Date.now() + patience;
    for (;;) {
      const at = this.frames.findIndex((frame) => types.includes(frame.type));
      if (at >= 0) return this.frames.splice(at, 1)[0]!;
      if (this.socket.readyState >= WebSocket.CLOSING) throw new Error(`the socket closed before a ${types} came`);
      if (Date.now() > until) throw new Error(`no ${types} within ${patience} ms, but ${JSON.stringify(this.frames)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.wake = () => (clearTimeout(timer), resolve());
      });
    }
  }

  /** Asks something, and takes the answer of that type, or the error. */
  async ask(frame: object, answer: string): Promise<Frame> {
    this.send(frame);
    return this.next(answer, 'error');
  }

  /** Takes the frames of a type that came before now: whatever was on its way before an answer to us is here. */
  async heard(type: string): Promise<Frame[]> {
    await this.ask({ action: 'ping' }, 'pong');
    const heard = this.frames.filter((frame) => frame.type === type);
    this.frames.splice(0, this.frames.length, ...this.frames.filter((frame) => frame.type !== type));
    return heard;
  }

  /** Says something, and waits until it is stored. */
  async say(text: string, nonce: string = crypto.randomUUID()): Promise<Frame> {
    this.send({ action: 'send', text, nonce });
    for (;;) {
      const message = await this.next('message');
      if (message['nonce'] === nonce) return message;
    }
  }

  /** The newest page of the room, as a client without anything gets it. */
  async newest(): Promise<Frame[]> {
    this.send({ action: 'hello' });
    await this.next('welcome');
    return (await this.next('page'))['messages'];
  }

  /** All of the room, oldest first. */
  async everything(): Promise<Frame[]> {
    let all = await this.newest();
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

/** The server did not let a socket in. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`the socket was refused with status ${status}`);
    this.status = status;
  }
}
