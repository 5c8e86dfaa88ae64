import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { requireEnv } from './settings.ts';

export type StackProxy = {
  url: string;
  /** The IP address from which the functions see requests come. Some limits count the requests of an address. */
  clientAddress: string;
  close(): Promise<void>;
};

/**
 * Serves the deployed stack at one address, as its CloudFront distribution does: assets and images of open rooms and pictures of people
 * come from their buckets, everything else, with the service worker and the manifest, comes from the front page's API. The AWS emulator's
 * CloudFront serves buckets but no API origin, so this proxy does the routing. `port` is the one that the stack was deployed with: its
 * sockets accept no other origin. `prefix` selects the environment variables of the stack.
 */
export async function startStackProxy(port: number, prefix = 'STACK'): Promise<StackProxy> {
  const [host = '', gatewayPort = ''] = requireEnv('STACK_GATEWAY').split(':');
  const front = new URL(requireEnv(`${prefix}_FRONT`)).host;
  const assets = requireEnv(`${prefix}_ASSETS`).replace(/\.net$/, `.localhost:${gatewayPort}`);
  const originKey = requireEnv('STACK_ORIGIN_KEY');

  const forward = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    // The function serves the images of private rooms.
    const toBucket = /^\/(assets\/(?!app\/)|images\/(?!.*\/p-.{20}\/)|pictures\/)/.test(incoming.url ?? '');
    // The AWS emulator selects a service by the Host header alone, and its CloudFront insists on https.
    const headers = {
      ...incoming.headers,
      host: toBucket ? assets : front,
      'x-forwarded-proto': 'https',
      'x-forwarded-for': proxy.clientAddress,
      'x-origin-key': originKey,
    };
    const forwarded = request({ host, port: gatewayPort, method: incoming.method, path: incoming.url, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  };

  const server = createServer(forward);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const proxy: StackProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    clientAddress: '127.0.0.1',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}
