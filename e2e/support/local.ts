import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localBinary, messageLimit, page } from './settings.ts';

/** A local binary that runs: on a free port, on a data directory of its own. */
export class Local {
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly written: { log: string };

  private constructor(child: ChildProcess, url: string, written: { log: string }) {
    this.child = child;
    this.url = url;
    this.written = written;
  }

  /** Starts one, and gives it back when it says that it is ready. */
  static async start(data: string, ...flags: string[]): Promise<Local> {
    const { child, written, ended } = launch(data, flags);
    const url = await new Promise<string>((resolve, reject) => {
      const look = () => {
        const ready = /Serverless Chat Page is at (http:\/\/\S+)/.exec(written.log)?.[1];
        if (ready) resolve(ready.replace('localhost', '127.0.0.1'));
      };
      child.stdout?.on('data', look);
      ended.then(({ code }) => reject(new Error(`the local binary ended with ${code}:\n${written.log}`)), reject);
    });
    return new Local(child, url, written);
  }

  /** Starts one that is expected to give up by itself. */
  static async fail(data: string, ...flags: string[]): Promise<{ code: number | null; stderr: string }> {
    return launch(data, flags).ended;
  }

  /** Everything it has written so far. */
  get log(): string {
    return this.written.log;
  }

  /** Ends it with a signal, and says how it ended. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT' = 'SIGTERM'): Promise<{ code: number | null; signal: string | null }> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill(signal);
      await ended;
    }
    return { code: this.child.exitCode, signal: this.child.signalCode };
  }
}

/** A data directory that is gone afterwards. */
export async function withData<T>(use: (data: string) => Promise<T>): Promise<T> {
  const data = await mkdtemp(join(tmpdir(), 'chat-data-'));
  try {
    return await use(data);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

function launch(data: string, flags: string[]) {
  const own = ['--port', '0', '--data', data, '--page', page, '--limit-message-count', String(messageLimit)];
  // Tests talk faster than people do; one that is about that sets its own.
  own.push('--limit-person-rate', '0', '--limit-address-rate', '0');
  const child = spawn(localBinary, [...own, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  const written = { log: '' };
  let stderr = '';
  child.stdout.on('data', (bytes) => (written.log += bytes));
  child.stderr.on('data', (bytes) => ((written.log += bytes), (stderr += bytes)));
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${localBinary} could not be started: ${error.message}`)));
    child.once('close', (code) => resolve({ code, stderr }));
  });
  return { child, written, ended };
}
