import { connect } from 'node:net';

/** What came back: the answers' statuses, and all of it as text. */
export type Answers = { statuses: number[]; text: string };

/** How long nothing may come before an answer counts as whole. */
const silence = 1_000;

/** Writes bytes to a socket as they are, which no client for HTTP would, and reads until the other side ends or is silent. */
export function exchange(url: URL, request: string): Promise<Answers> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(url.port), url.hostname, () => socket.write(request));
    socket.on('data', (bytes) => chunks.push(bytes));
    socket.setTimeout(silence, () => socket.destroy());
    // Whoever is told too much hangs up while it is still being told.
    socket.on('error', () => {});
    socket.once('close', () => {
      const text = Buffer.concat(chunks).toString();
      const statuses = [...text.matchAll(/(?:^|\n|\}|>)HTTP\/1\.[01] (\d{3})/g)].map((status) => Number(status[1]));
      resolve({ statuses, text });
    });
  });
}
