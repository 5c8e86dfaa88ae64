import { connect } from 'node:net';

/** The statuses of all answers, and everything that was received as text. */
export type RawAnswers = { statuses: number[]; text: string };

/** Milliseconds without data after which an answer counts as complete. */
const idleTimeout = 1_000;

/** Writes bytes to a socket unchanged, which no HTTP client would, and reads until the server closes it or is idle. */
export function exchangeRaw(url: URL, request: string): Promise<RawAnswers> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(url.port), url.hostname, () => socket.write(request));
    socket.on('data', (bytes) => chunks.push(bytes));
    socket.setTimeout(idleTimeout, () => socket.destroy());
    // A server that gets too large a request may close the connection before it is written completely.
    socket.on('error', () => {});
    socket.once('close', () => {
      const text = Buffer.concat(chunks).toString();
      const statuses = [...text.matchAll(/(?:^|\n|\}|>)HTTP\/1\.[01] (\d{3})/g)].map((status) => Number(status[1]));
      resolve({ statuses, text });
    });
  });
}
