import { defineConfig } from '@playwright/test';
import config from './playwright.config.ts';
import type { DeploymentOptions } from './support/fixtures.ts';

// Measures the page, for `cargo xtask bench page`. The default run leaves it out.
export default defineConfig<object, DeploymentOptions>({
  ...config,
  testMatch: ['page_bench.spec.ts'],
  timeout: 10 * 60_000,
  workers: 1,
  projects: [{ name: 'bench', use: { deploymentName: 'local' } }],
});
