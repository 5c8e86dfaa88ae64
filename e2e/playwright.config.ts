import { defineConfig } from '@playwright/test';
import type { DeploymentOptions } from './support/fixtures.ts';

export default defineConfig<object, DeploymentOptions>({
  testDir: 'tests',
  // Bounded in time, at every level.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  globalTimeout: 20 * 60_000,
  retries: 0,
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  reporter: 'list',
  // A picture that is not there is a failure, and new ones are made on purpose: --update-snapshots.
  updateSnapshots: 'none',
  snapshotPathTemplate: 'pictures/{arg}{ext}',
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    // A worker would answer for a server that a test has taken away. Its own tests let it in.
    serviceWorkers: 'block',
    launchOptions: {
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      // Nothing but the page under test talks to anybody.
      args: ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'],
    },
  },
  projects: [
    { name: 'local', use: { deploymentName: 'local' }, testIgnore: ['faults.spec.ts', 'doors.spec.ts'] },
    // Processes cannot be killed on AWS, and the page looks the same on both homes.
    { name: 'stack', use: { deploymentName: 'stack' }, testIgnore: ['process.spec.ts', 'access.spec.ts', 'shots.spec.ts', 'accessibility.spec.ts', 'contrast.spec.ts', 'zoom.spec.ts', 'gallery.spec.ts'] },
  ],
});
