import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { needed } from './settings.ts';

/** What becomes of a post: it is answered with this status, or never answered, or passed on. */
export type Fate = number | 'silence' | 'passed on';

/**
 * The `@connections` of the stack that was deployed to talk to this one. Posts of messages meet the fates that a listener
 * was given, in their order and the last one for ever; everything else goes through. A listener is known by its name.
 */
export class FaultyConnections {
  private readonly fates = new Map<string, Fate[]>();
  private readonly names = new Map<string, string>();
  private readonly server = createServer((incoming, outgoing) => void this.pass(incoming, outgoing));

  static async start(): Promise<FaultyConnections> {
    const faulty = new FaultyConnections();
    await new Promise<void>((resolve) => faulty.server.listen(Number(needed('STACK_FAULTS_PORT')), '127.0.0.1', resolve));
    return faulty;
  }

  give(name: string, ...fates: Fate[]): void {
    this.fates.set(name, fates);
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const fate = this.fate(incoming, body);
    if (fate === 'silence') return;
    if (typeof fate === 'number') {
      outgoing.writeHead(fate, { 'content-type': 'application/json' }).end('{"message":"a fault"}');
      return;
    }
    const [host = '', port = ''] = needed('STACK_GATEWAY').split(':');
    const headers = { ...incoming.headers, host: `${host}:${port}` };
    const onward = request({ host, port, method: incoming.method, path: incoming.url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(body);
  }

  private fate(incoming: IncomingMessage, body: Buffer): Fate {
    const connection = /@connections\/([^/?]+)/.exec(incoming.url ?? '')?.[1];
    if (incoming.method !== 'POST' || !connection || connection === 'warm') return 'passed on';
    const frame = JSON.parse(body.toString());
    if (frame.type === 'welcome') this.names.set(connection, frame.you.name);
    if (frame.type !== 'message') return 'passed on';
    const fates = this.fates.get(this.names.get(connection) ?? '') ?? [];
    return (fates.length > 1 ? fates.shift() : fates[0]) ?? 'passed on';
  }
}
