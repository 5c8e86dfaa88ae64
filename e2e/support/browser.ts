import { fileURLToPath } from 'node:url';
import type { LaunchOptions } from '@playwright/test';

const environment = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** Returns how the tests launch a browser of Chromium's engine. */
export const launchOptions = (executablePath: string): LaunchOptions => ({
  executablePath,
  // The fonts of npm packages, so that pictures and sizes do not depend on the machine's fonts.
  env: { ...environment, FONTCONFIG_FILE: fileURLToPath(new URL('../fonts.conf', import.meta.url)) },
  // Only the page under test uses the network.
  args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
});
