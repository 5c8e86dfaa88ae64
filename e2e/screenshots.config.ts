import { defineConfig } from '@playwright/test';
import config from './playwright.config.ts';
import type { DeploymentOptions } from './support/fixtures.ts';

// Takes screenshots of typical states, into screenshots/. The default run leaves them out: npx playwright test --config screenshots.config.ts
export default defineConfig<object, DeploymentOptions>({
  ...config,
  testMatch: ['screenshots.spec.ts'],
  projects: [{ name: 'screenshots', use: { deploymentName: 'local' } }],
});
