import { expect, type Locator, type Page } from '@playwright/test';
import type { ChatPage } from './chat_page.ts';
import { Message } from './message.ts';

/** What a moderator does, in the words of the page. */
export class Moderation {
  private readonly page: Page;
  private readonly chat: ChatPage;

  constructor(chat: ChatPage) {
    this.page = chat.page;
    this.chat = chat;
  }

  /** Opens the dialog about the author of a message. */
  async about(text: string): Promise<Locator> {
    await (await Message.saying(this.chat, text)).act('Mute or ban…');
    return this.person;
  }

  /** The dialog about a person. */
  get person(): Locator {
    return this.page.getByRole('dialog', { name: /^Mute or ban / });
  }

  /** Mutes or bans the author of a message. */
  async sanction(text: string, what: 'Mute' | 'Ban', span: string): Promise<void> {
    const dialog = await this.about(text);
    // What holds is chosen when it is known, and not what is chosen here.
    await expect(dialog.locator('[type=submit]')).toBeEnabled();
    await dialog.getByRole('radio', { name: what, exact: true }).check();
    await dialog.getByRole('combobox', { name: 'For how long' }).selectOption({ label: span });
    await dialog.getByRole('button', { name: what, exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  /** Takes back what holds, in the dialog about a person, which is open. */
  async lift(what: 'Muted' | 'Banned'): Promise<void> {
    await this.person.getByRole('button', { name: new RegExp(`^Lift it now: ${what} until `) }).click();
    await expect(this.person).toBeHidden();
  }

  /** Has everything deleted that the author of a message wrote. */
  async clear(text: string): Promise<void> {
    const dialog = await this.about(text);
    await dialog.getByRole('radio', { name: 'Delete everything they wrote' }).check();
    await dialog.getByRole('button', { name: 'Delete everything' }).click();
    await expect(dialog).toBeHidden();
  }

  /** Lets something hold in the room. */
  async rule(slow: string, readOnly: boolean): Promise<void> {
    const dialog = await this.rules();
    await dialog.getByRole('combobox').selectOption({ label: slow });
    await dialog.getByRole('checkbox').setChecked(readOnly);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
  }

  /** Opens what holds in the room. */
  async rules(): Promise<Locator> {
    await this.open('Rules of this room');
    return this.dialog('Rules of this room');
  }

  /** Opens what moderators did. */
  async audit(): Promise<Locator> {
    await this.open('What moderators did');
    return this.dialog('What moderators did');
  }

  private async open(way: string): Promise<void> {
    await this.page.locator('.room-switch').click();
    await this.dialog('Rooms').getByRole('button', { name: way }).click();
  }

  private dialog(name: string): Locator {
    return this.page.getByRole('dialog', { name, exact: true });
  }
}
