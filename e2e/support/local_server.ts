import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from './ports.ts';
import { localBinary, messageLimit, page } from './settings.ts';

/** A running local binary, on a free port and with a data directory of its own. */
export class LocalServer {
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly output: { log: string };

  private constructor(child: ChildProcess, url: string, output: { log: string }) {
    this.child = child;
    this.url = url;
    this.output = output;
  }

  /** Starts the binary and waits until it logs its address. */
  static async start(data: string, ...flags: string[]): Promise<LocalServer> {
    // Some tests start it again on the same port, others rely on nothing being there after it has stopped.
    return this.ready(launch(data, ['--port', String(await freePort()), ...flags]));
  }

  /** Starts a copy of the binary in a directory with nothing else in it, and waits until it logs its address. */
  static async startCopyIn(directory: string): Promise<LocalServer> {
    const copy = join(directory, 'local');
    await copyFile(localBinary, copy);
    return this.ready(run(copy, ['--port', '0'], directory));
  }

  private static async ready({ child, output, exited }: Launched): Promise<LocalServer> {
    const url = await new Promise<string>((resolve, reject) => {
      const checkReady = () => {
        const ready = /Serverless Chat Page is at (http:\/\/\S+)/.exec(output.log)?.[1];
        if (ready) resolve(ready.replace('localhost', '127.0.0.1'));
      };
      child.stdout?.on('data', checkReady);
      exited.then(({ code }) => reject(new Error(`the local binary ended with ${code}:\n${output.log}`)), reject);
    });
    return new LocalServer(child, url, output);
  }

  /** Starts the binary with settings that it has to reject, and waits until it exits. */
  static async startExpectingExit(data: string, ...flags: string[]): Promise<{ code: number | null; stderr: string }> {
    return launch(data, flags).exited;
  }

  /** Everything that the process has written to stdout and stderr so far. */
  get log(): string {
    return this.output.log;
  }

  /** Sends the process a signal, waits for its exit, and returns how it exited. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT' = 'SIGTERM'): Promise<{ code: number | null; signal: string | null }> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill(signal);
      await exited;
    }
    return { code: this.child.exitCode, signal: this.child.signalCode };
  }
}

/** Runs `use` with a temporary data directory and removes it afterwards. */
export async function withDataDir<T>(use: (data: string) => Promise<T>): Promise<T> {
  const data = await mkdtemp(join(tmpdir(), 'chat-data-'));
  try {
    return await use(data);
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

type Launched = ReturnType<typeof run>;

function launch(data: string, flags: string[]): Launched {
  const defaults = ['--port', '0', '--data', data, '--page', page, '--limit-message-count', String(messageLimit)];
  // Tests send faster than people do. Tests of the rate limits set their own.
  defaults.push('--limit-person-rate', '0', '--limit-address-rate', '0');
  return run(resolve(localBinary), [...defaults, ...flags]);
}

function run(binary: string, flags: string[], cwd?: string) {
  const child = spawn(binary, flags, { stdio: ['ignore', 'pipe', 'pipe'], cwd });
  const output = { log: '' };
  let stderr = '';
  child.stdout.on('data', (bytes) => (output.log += bytes));
  child.stderr.on('data', (bytes) => ((output.log += bytes), (stderr += bytes)));
  const exited = new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`${binary} could not be started: ${error.message}`)));
    child.once('close', (code) => resolve({ code, stderr }));
  });
  return { child, output, exited };
}
