import { defineConfig } from '@playwright/test';
import config from './playwright.config.ts';
import { launchOptions } from './support/browser.ts';
import type { DeploymentOptions } from './support/fixtures.ts';
import { chromium } from './support/settings.ts';

// Measures the page, for `cargo xtask bench page`. The default run leaves it out.
export default defineConfig<object, DeploymentOptions>({
  ...config,
  testMatch: ['page_bench.spec.ts'],
  timeout: 10 * 60_000,
  workers: 1,
  // What visitors have.
  use: { ...config.use, launchOptions: launchOptions(chromium) },
  projects: [{ name: 'bench', use: { deploymentName: 'local' } }],
});
