import { createServer } from 'node:net';

// Ports of servers that start later, or again on the same port. A port from the system's ephemeral range (from 32768 on Linux, from
// 49152 on macOS) would not stay free: any outgoing connection can take it. `xtask/src/ports.rs` chooses from 20000 on.
const first = 15_000;
const count = 5_000;

/** Workers of a run at the most. Each has ports of its own, so that no two choose the same at the same time. */
const workers = 10;

const worker = Number(process.env['TEST_PARALLEL_INDEX'] ?? 0) % workers;
// Runs at the same time start at different ports.
let next = Math.floor(Math.random() * (count / workers));

/** Returns a loopback port on which nothing listens. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < count / workers; tried += 1) {
    const port = first + (next % (count / workers)) * workers + worker;
    next += 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`no port is free from ${first} to ${first + count}: close programs that listen there`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
