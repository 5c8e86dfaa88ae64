import type { CDPSession, Locator, Page } from '@playwright/test';

/** A finger on the screen, as the system reports it. */
export class Finger {
  private readonly cdp: CDPSession;
  private at = { x: 0, y: 0 };

  private constructor(cdp: CDPSession) {
    this.cdp = cdp;
  }

  static async of(page: Page): Promise<Finger> {
    return new Finger(await page.context().newCDPSession(page));
  }

  /** Comes down in the middle of something. */
  async down(on: Locator): Promise<void> {
    await on.scrollIntoViewIfNeeded();
    const box = (await on.boundingBox())!;
    this.at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await this.cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [this.at] });
  }

  async move(x: number, y: number): Promise<void> {
    this.at = { x: this.at.x + x, y: this.at.y + y };
    await this.cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [this.at] });
  }

  async up(): Promise<void> {
    await this.cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }
}
