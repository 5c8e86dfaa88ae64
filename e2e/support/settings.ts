// The environment variables that `cargo xtask test` sets. The defaults match a clone after `cargo xtask run`.

/** Returns an environment variable that has to be set. */
export function requireEnv(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start these tests with \`cargo xtask test\``);
  return value;
}

export const localBinary = process.env['LOCAL_BINARY'] ?? '../target/release/local';
export const page = process.env['PAGE'] ?? '../dist';
export const gallery = process.env['GALLERY'] ?? '../target/xtask/gallery';

/** The maximum number of connections of the deployment with a small limit. */
export const smallLimit = Number(process.env['SMALL_LIMIT'] ?? 20);

/** The maximum number of messages on the front page and in one answer. */
export const messageLimit = Number(process.env['MESSAGE_LIMIT'] ?? 30);

/** The programs of the browser engines. Firefox and WebKit may be missing. */
export const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Chromium without windows, permissions and profiles, which opens a page with a fifth of the processor time. */
export const headlessShell = process.env['HEADLESS_SHELL'] ?? chromium;
export const firefox = process.env['FIREFOX'];
/** The browser of WebKit. Its driver and `xvfb-run` are on the PATH. */
export const webkit = process.env['WEBKIT'];
