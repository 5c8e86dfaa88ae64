import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { requireEnv } from './settings.ts';

/** What the gateway does with a post: answers with this status, never answers, or delivers it. */
export type DeliveryOutcome = number | 'no answer' | 'delivered';

/**
 * The `@connections` API of the stack that was deployed to post through this server. Posts of messages get the outcomes that
 * were set for the recipient's name, in order; the last outcome repeats. All other requests are passed on.
 */
export class FailingGateway {
  private readonly outcomes = new Map<string, DeliveryOutcome[]>();
  private readonly names = new Map<string, string>();
  private readonly server = createServer((incoming, outgoing) => void this.handle(incoming, outgoing));

  static async start(): Promise<FailingGateway> {
    const gateway = new FailingGateway();
    await new Promise<void>((resolve) => gateway.server.listen(Number(requireEnv('STACK_FAULTS_PORT')), '127.0.0.1', resolve));
    return gateway;
  }

  setOutcomes(name: string, ...outcomes: DeliveryOutcome[]): void {
    this.outcomes.set(name, outcomes);
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const outcome = this.nextOutcome(incoming, body);
    if (outcome === 'no answer') return;
    if (typeof outcome === 'number') {
      outgoing.writeHead(outcome, { 'content-type': 'application/json' }).end('{"message":"a fault"}');
      return;
    }
    const [host = '', port = ''] = requireEnv('STACK_GATEWAY').split(':');
    const headers = { ...incoming.headers, host: `${host}:${port}` };
    const forwarded = request({ host, port, method: incoming.method, path: incoming.url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    forwarded.end(body);
  }

  private nextOutcome(incoming: IncomingMessage, body: Buffer): DeliveryOutcome {
    const connection = /@connections\/([^/?]+)/.exec(incoming.url ?? '')?.[1];
    if (incoming.method !== 'POST' || !connection || connection === 'warm') return 'delivered';
    const frame = JSON.parse(body.toString());
    if (frame.type === 'welcome') this.names.set(connection, frame.you.name);
    if (frame.type !== 'message') return 'delivered';
    const outcomes = this.outcomes.get(this.names.get(connection) ?? '') ?? [];
    return (outcomes.length > 1 ? outcomes.shift() : outcomes[0]) ?? 'delivered';
  }
}
