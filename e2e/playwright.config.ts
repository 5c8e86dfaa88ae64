import { defineConfig } from '@playwright/test';
import { launchOptions } from './support/browser.ts';
import type { DeploymentOptions } from './support/fixtures.ts';
import { headlessShell } from './support/settings.ts';

// Tests of the local binary's own settings and processes.
const binaryOnly = ['access.spec.ts', 'invitations.spec.ts', 'oidc.spec.ts', 'process.spec.ts'];

// Tests of how the page looks and what it does with input. Both deployments serve the same page: a server's part in them is to store
// messages and pass them on, which other tests check on both.
const pageOnly = [
  'accessibility.spec.ts',
  'composer.spec.ts',
  'display_preferences.spec.ts',
  'engines.spec.ts',
  'forbidden_storage.spec.ts',
  'gallery.spec.ts',
  'image_files.spec.ts',
  'keyboard.spec.ts',
  'languages.spec.ts',
  'layout.spec.ts',
  'long_history.spec.ts',
  'long_messages.spec.ts',
  'network_conditions.spec.ts',
  'notifications.spec.ts',
  'on_demand.spec.ts',
  'on_demand_actions.spec.ts',
  'on_demand_images.spec.ts',
  'phone.spec.ts',
  'print.spec.ts',
  'text_display.spec.ts',
  'writing.spec.ts',
  'zoom.spec.ts',
];

// Tests that need the AWS emulator: access policies of deployed stacks, failures of API Gateway and functions, and an upgrade.
const stackOnly = ['delivery_failures.spec.ts', 'deployed_access.spec.ts', 'upgrade.spec.ts'];

// They run with their own configurations only: one takes screenshots, one measures the page.
const notTests = ['screenshots.spec.ts', 'page_bench.spec.ts'];

export default defineConfig<object, DeploymentOptions>({
  testDir: 'tests',
  // Time limits at every level.
  timeout: 60_000,
  expect: { timeout: 15_000 },
  globalTimeout: 40 * 60_000,
  retries: 0,
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  reporter: 'list',
  // A missing picture is a failure. Create new pictures explicitly with --update-snapshots.
  updateSnapshots: 'none',
  snapshotPathTemplate: 'pictures/{arg}{ext}',
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    // A service worker would answer for a server that a test has stopped. Tests of the service worker allow it.
    serviceWorkers: 'block',
    launchOptions: launchOptions(headlessShell),
  },
  projects: [
    { name: 'local', use: { deploymentName: 'local' }, testIgnore: [...stackOnly, ...notTests] },
    // `@page` marks a test of the page alone in a file of other tests.
    { name: 'stack', use: { deploymentName: 'stack' }, testIgnore: [...binaryOnly, ...pageOnly, ...notTests], grepInvert: /@page/ },
  ],
});
