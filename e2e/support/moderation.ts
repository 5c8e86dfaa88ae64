import { expect, type Locator, type Page } from '@playwright/test';
import type { ChatPage } from './chat_page.ts';
import { Message } from './message.ts';

/** The moderator's dialogs on a chat page. */
export class Moderation {
  private readonly page: Page;
  private readonly chat: ChatPage;

  constructor(chat: ChatPage) {
    this.page = chat.page;
    this.chat = chat;
  }

  /** Opens the person dialog for the author of a message. */
  async openPersonDialog(text: string): Promise<Locator> {
    await (await Message.withText(this.chat, text)).clickAction('Mute or ban…');
    return this.personDialog;
  }

  /** The dialog for muting and banning a person. */
  get personDialog(): Locator {
    return this.page.getByRole('dialog', { name: /^Mute or ban / });
  }

  /** Mutes or bans the author of a message. */
  async restrict(text: string, kind: 'Mute' | 'Ban', duration: string): Promise<void> {
    const dialog = await this.openPersonDialog(text);
    // The dialog selects the current restriction once it is loaded, which would undo an earlier choice of the test.
    await expect(dialog.locator('[type=submit]')).toBeEnabled();
    await dialog.getByRole('radio', { name: kind, exact: true }).check();
    await dialog.getByRole('combobox', { name: 'For how long' }).selectOption({ label: duration });
    await dialog.getByRole('button', { name: kind, exact: true }).click();
    await expect(dialog).toBeHidden();
  }

  /** Lifts a restriction in the person dialog, which has to be open. */
  async lift(restriction: 'Muted' | 'Banned'): Promise<void> {
    await this.personDialog.getByRole('button', { name: new RegExp(`^Lift it now: ${restriction} until `) }).click();
    await expect(this.personDialog).toBeHidden();
  }

  /** Deletes every message of the author of a message. */
  async purgeUser(text: string): Promise<void> {
    const dialog = await this.openPersonDialog(text);
    await dialog.getByRole('radio', { name: 'Delete everything they wrote' }).check();
    await dialog.getByRole('button', { name: 'Delete everything' }).click();
    await expect(dialog).toBeHidden();
  }

  /** Sets the rules of the room: the label of the slow mode, and whether only moderators can write. */
  async setRules(slow: string, readOnly: boolean): Promise<void> {
    const dialog = await this.openRules();
    await dialog.getByRole('combobox', { name: /^Slow mode/ }).selectOption({ label: slow });
    await dialog.getByRole('checkbox', { name: /^Only moderators/ }).setChecked(readOnly);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
  }

  /** Opens the rules dialog. */
  async openRules(): Promise<Locator> {
    await this.openFromRoomDialog('Rules of this room');
    return this.dialog('Rules of this room');
  }

  /** Opens the audit dialog. */
  async openAudit(): Promise<Locator> {
    await this.openFromRoomDialog('What moderators did');
    return this.dialog('What moderators did');
  }

  private async openFromRoomDialog(button: string): Promise<void> {
    await this.page.locator('.room-switch').click();
    await this.dialog('Rooms').getByRole('button', { name: button }).click();
  }

  private dialog(name: string): Locator {
    return this.page.getByRole('dialog', { name, exact: true });
  }
}
