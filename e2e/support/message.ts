import { expect, type Locator, type Page } from '@playwright/test';
import type { ChatPage } from './chat_page.ts';

/** A message in the log, with the actions that the page offers for it. */
export class Message {
  readonly article: Locator;
  private readonly page: Page;

  constructor(chat: ChatPage, article: Locator) {
    this.article = article;
    this.page = chat.page;
  }

  /** Locates a message by its sequence number, so that it stays the same when its text changes. */
  static async withText(chat: ChatPage, text: string): Promise<Message> {
    const found = chat.messageWithText(text);
    await expect(found).toHaveAttribute('data-seq', /^\d+$/);
    return Message.withSeq(chat, Number(await found.getAttribute('data-seq')));
  }

  static withSeq(chat: ChatPage, seq: number): Message {
    return new Message(chat, chat.log.locator(`article[data-seq="${seq}"]`));
  }

  async seq(): Promise<number> {
    return Number(await this.article.getAttribute('data-seq'));
  }

  /** Moves the mouse over the message and returns the toolbar that appears. */
  async toolbar(): Promise<Locator> {
    await this.article.hover();
    const toolbar = this.article.getByRole('toolbar', { name: 'Message actions' });
    await expect(toolbar).toBeVisible();
    return toolbar;
  }

  /** Opens the menu of the toolbar and returns it. */
  async menu(): Promise<Locator> {
    await (await this.toolbar()).getByRole('button', { name: 'More actions' }).click();
    const menu = this.article.getByRole('dialog', { name: 'More actions' });
    await expect(menu).toBeVisible();
    return menu;
  }

  /** Clicks an action of the toolbar, or of its menu. */
  async clickAction(name: string): Promise<void> {
    const toolbar = await this.toolbar();
    await expect(toolbar.getByRole('button', { name: 'More actions' })).toBeVisible();
    const inToolbar = toolbar.getByRole('button', { name, exact: true });
    await ((await inToolbar.count()) > 0 ? inToolbar : (await this.menu()).getByRole('button', { name, exact: true })).click();
  }

  /** Starts to edit the message and waits until the composer holds its text. */
  async startEdit(): Promise<void> {
    await this.clickAction('Edit');
    await expectEditing(this.page);
  }

  /** Deletes the message and confirms it. */
  async delete(): Promise<void> {
    await this.clickAction('Delete');
    await this.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  }

  /** Locates a reaction by its accessible name. */
  reaction(name: string | RegExp): Locator {
    return this.article.locator('.reactions').getByRole('button', { name });
  }

  async expectEdited(): Promise<void> {
    await expect(this.article.locator('.message-edited')).toHaveText('(edited)');
  }

  async expectDeleted(): Promise<void> {
    await expect(this.article.getByText('This message was deleted.')).toBeVisible();
    await expect(this.article.locator('.message-text, .message-image, .reactions, .message-quote, .message-edited')).toHaveCount(0);
  }
}

/** Waits until the composer edits a message. Until then, what is typed is a new message. */
export async function expectEditing(page: Page): Promise<void> {
  await expect(page.getByText('Editing your message')).toBeVisible();
}
