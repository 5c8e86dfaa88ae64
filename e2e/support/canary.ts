import type { BrowserContext, Page } from '@playwright/test';

/** The host that no page may ever request anything from. */
const host = 'canary.test';

/**
 * Detects attacks that get through. It records a script that sets `__pwned` or opens a dialog or a window, a request to
 * `canary.test`, and a violation of the Content Security Policy, because sanitised HTML violates no policy.
 */
export class Canary {
  private readonly recorded: string[] = [];

  /** Installs a canary in a browser context. Call it before the page is opened. */
  static async in(context: BrowserContext): Promise<Canary> {
    const canary = new Canary();
    const isCanaryHost = (url: URL) => url.hostname === host;
    await context.route(isCanaryHost, async (route) => {
      canary.recorded.push(`requested ${route.request().url()}`);
      await route.fulfill({ contentType: 'text/javascript', body: 'window.__pwned = 1' });
    });
    await context.addInitScript(() => {
      Object.assign(window, { __violations: [] });
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        (window as any).__violations.push(`${violatedDirective} blocked ${blockedURI}`),
      );
    });
    context.on('page', (page) => canary.watch(page));
    for (const page of context.pages()) canary.watch(page);
    return canary;
  }

  /** Returns everything that got through so far. */
  async findings(page: Page): Promise<string[]> {
    const inPage = await page.evaluate(() => {
      const { __pwned, __violations = [] } = window as any;
      return __pwned === undefined ? __violations : ['a script ran', ...__violations];
    });
    return [...this.recorded, ...inPage];
  }

  private watch(page: Page): void {
    page.on('dialog', (dialog) => {
      // The browser itself asks whether the user wants to leave the page.
      if (dialog.type() !== 'beforeunload') this.recorded.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('popup', (popup) => this.recorded.push(`a window: ${popup.url()}`));
  }
}
