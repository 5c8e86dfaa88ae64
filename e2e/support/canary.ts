import type { BrowserContext, Page } from '@playwright/test';

/** The host that no page may ever ask for anything. */
const host = 'canary.test';

/**
 * What dies when an attack gets through: a script that runs sets `__pwned` or opens a dialog, an element or a style asks
 * `canary.test` for something, and what the page's own policy has to stop was not made harmless before.
 */
export class Canary {
  private readonly heard: string[] = [];

  /** Brings one along. Before the page is opened. */
  static async in(context: BrowserContext): Promise<Canary> {
    const canary = new Canary();
    const elsewhere = (url: URL) => url.hostname === host;
    await context.route(elsewhere, async (route) => {
      canary.heard.push(`asked for ${route.request().url()}`);
      await route.fulfill({ contentType: 'text/javascript', body: 'window.__pwned = 1' });
    });
    await context.addInitScript(() => {
      Object.assign(window, { __violations: [] });
      addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        (window as any).__violations.push(`${violatedDirective} stopped ${blockedURI}`),
      );
    });
    context.on('page', (page) => canary.watch(page));
    for (const page of context.pages()) canary.watch(page);
    return canary;
  }

  /** What got through so far. */
  async died(page: Page): Promise<string[]> {
    const inside = await page.evaluate(() => {
      const { __pwned, __violations = [] } = window as any;
      return __pwned === undefined ? __violations : ['a script ran', ...__violations];
    });
    return [...this.heard, ...inside];
  }

  /** Brings another one in. */
  revive(): void {
    this.heard.length = 0;
  }

  private watch(page: Page): void {
    page.on('dialog', (dialog) => {
      // The browser asks by itself whether a page may be left.
      if (dialog.type() !== 'beforeunload') this.heard.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('popup', (popup) => this.heard.push(`a window: ${popup.url()}`));
  }
}
