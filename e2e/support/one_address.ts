import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { needed } from './settings.ts';

/**
 * The deployed stack behind one address, as its CloudFront distribution has it: assets, worker and images from their buckets,
 * everything else from the front page's API. The stand-in's distribution serves buckets, but not an API, so the paths are
 * split here. `port` is the one that the stack was told of: its sockets open for no other page. `name` is whose settings are
 * meant.
 */
export async function oneAddress(port: number, name = 'STACK'): Promise<{ url: string; close(): Promise<void> }> {
  const [host = '', gateway = ''] = needed('STACK_GATEWAY').split(':');
  const front = new URL(needed(`${name}_FRONT`)).host;
  const assets = needed(`${name}_ASSETS`).replace(/\.net$/, `.localhost:${gateway}`);

  const pass = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const toBucket = /^\/((assets|images)\/|sw\.js$)/.test(incoming.url ?? '');
    // Only the Host header tells the stand-in which of its services is meant; CloudFront there insists on https.
    const headers = { ...incoming.headers, host: toBucket ? assets : front, 'x-forwarded-proto': 'https' };
    const onward = request({ host, port: gateway, method: incoming.method, path: incoming.url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  };

  const server = createServer(pass);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
