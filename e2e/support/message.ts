import { expect, type Locator, type Page } from '@playwright/test';
import type { ChatPage } from './chat_page.ts';

/** What can be done about a message, in the words of the page. */
export class Message {
  readonly article: Locator;
  private readonly page: Page;

  constructor(chat: ChatPage, article: Locator) {
    this.article = article;
    this.page = chat.page;
  }

  /** A message by its place: it stays the same whatever becomes of its text. */
  static async saying(chat: ChatPage, text: string): Promise<Message> {
    const found = chat.saying(text);
    await expect(found).toHaveAttribute('data-seq', /^\d+$/);
    return Message.at(chat, Number(await found.getAttribute('data-seq')));
  }

  static at(chat: ChatPage, seq: number): Message {
    return new Message(chat, chat.log.locator(`article[data-seq="${seq}"]`));
  }

  async seq(): Promise<number> {
    return Number(await this.article.getAttribute('data-seq'));
  }

  /** The toolbar, once the mouse is over the message. */
  async toolbar(): Promise<Locator> {
    await this.article.hover();
    const toolbar = this.article.getByRole('toolbar', { name: 'Message actions' });
    await expect(toolbar).toBeVisible();
    return toolbar;
  }

  /** Clicks a button of the toolbar. */
  async act(name: string): Promise<void> {
    await (await this.toolbar()).getByRole('button', { name, exact: true }).click();
  }

  /** Deletes it, and says yes. */
  async delete(): Promise<void> {
    await this.act('Delete');
    await this.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  }

  /** A reaction by what is heard of it. */
  reaction(name: string | RegExp): Locator {
    return this.article.locator('.reactions').getByRole('button', { name });
  }

  async isEdited(): Promise<void> {
    await expect(this.article.locator('.message-edited')).toHaveText('(edited)');
  }

  async isGone(): Promise<void> {
    await expect(this.article.getByText('This message was deleted.')).toBeVisible();
    await expect(this.article.locator('.message-text, .message-image, .reactions, .message-quote, .message-edited')).toHaveCount(0);
  }
}
