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
    return this.dialog('Mute or ban…');
  }

  /** Mutes or bans the author of a message; "Lift it now" takes it back. */
  async sanction(text: string, what: 'Mute' | 'Ban', span: string): Promise<void> {
    const dialog = await this.about(text);
    await dialog.getByRole('radio', { name: what, exact: true }).check();
    await dialog.getByRole('combobox', { name: 'For how long' }).selectOption({ label: span });
    await dialog.getByRole('button', { name: span === 'Lift it now' ? span : what, exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  /** Lets something hold in the room. */
  async rule(slow: string, readOnly: boolean): Promise<void> {
    await this.open('Rules of this room');
    const dialog = this.dialog('Rules of this room');
    await dialog.getByRole('combobox').selectOption({ label: slow });
    await dialog.getByRole('checkbox').setChecked(readOnly);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
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
