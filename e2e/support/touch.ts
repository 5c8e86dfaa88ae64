import type { CDPSession, Locator, Page } from '@playwright/test';

/** One finger on the touch screen, dispatched as real touch events. */
export class Touch {
  private readonly cdp: CDPSession;
  private position = { x: 0, y: 0 };

  private constructor(cdp: CDPSession) {
    this.cdp = cdp;
  }

  static async of(page: Page): Promise<Touch> {
    return new Touch(await page.context().newCDPSession(page));
  }

  /** Touches the centre of an element. */
  async down(on: Locator): Promise<void> {
    await on.scrollIntoViewIfNeeded();
    const box = (await on.boundingBox())!;
    this.position = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    await this.cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [this.position] });
  }

  /** Moves by this many CSS pixels. */
  async move(x: number, y: number): Promise<void> {
    this.position = { x: this.position.x + x, y: this.position.y + y };
    await this.cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [this.position] });
  }

  async up(): Promise<void> {
    await this.cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  }
}
