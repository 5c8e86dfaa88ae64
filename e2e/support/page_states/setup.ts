import { expect, type Page } from '@playwright/test';
import { ChatPage } from '../chat_page.ts';
import type { Deployment } from '../fixtures.ts';
import { imageMetadata, png, putBytes, requestUploadUrl, sendImage } from '../images.ts';
import { Message } from '../message.ts';
import { sessionPersonId } from '../moderation_fixtures.ts';
import type { SocketProxy } from '../socket_proxy.ts';
import type { WireClient } from '../wire_client.ts';

// Setup and helpers that the states of the page share.

/** A room with two other people, the page under test and its socket proxy. */
export type StateSetup = {
  page: Page;
  deployment: Deployment;
  room: string;
  chat: ChatPage;
  proxy: SocketProxy;
  ann: WireClient;
  ben: WireClient;
  connect: (room: string) => Promise<WireClient>;
};

/** A state of the page: what happens in a room before and after its page is opened, and the browser's locale. */
export type PageState = { before?: (setup: Omit<StateSetup, 'chat'>) => Promise<void>; after?: (setup: StateSetup) => Promise<void>; locale?: string };

export type PageStates = { [name: string]: PageState };

export const picture = png(320, 200);

/** Injects a `welcome` that makes the visitor a moderator on the page. */
export async function becomeModerator(page: Page, proxy: SocketProxy): Promise<void> {
  const you = { id: await sessionPersonId(page), name: 'Mona', moderator: true };
  const room = new URL(page.url()).pathname.split('/').at(-1) || 'lobby';
  proxy.injectFrame({ type: 'welcome', you, room, online: 2, people: [you, { id: 'ben', name: 'Ben' }] });
  await expect(page.locator('.me')).toContainText('Mona');
}

/** Sends messages with every kind of Markdown. */
export async function sendConversation(ann: WireClient, ben: WireClient): Promise<void> {
  for (const [who, name] of [[ann, 'Ann'], [ben, 'Benedikt']] as const) {
    who.send({ action: 'rename', name });
    await who.next('welcome');
  }
  await ann.sendMessage('Good morning!');
  await ann.sendMessage('See https://example.org/boats, and **bring** _some_ ~~rope~~ `twine`.');
  await ben.sendMessage('> bring rope\n\nHow much?\n\n- a lot\n- less\n\n1. now\n2. later\n\n```\nlet rope = 3;\n```');
  await ben.sendMessage('👍');
  await ann.sendMessage('Enough.');
}

/** Presses a key on a message. */
export async function pressOnMessage(chat: ChatPage, text: string, key: string): Promise<void> {
  const { article } = await Message.withText(chat, text);
  await article.focus();
  await article.press(key);
}

/** Sends a message with a picture. */
export async function sendPicture(client: WireClient, deployment: Deployment, room: string, alt?: string): Promise<void> {
  const image = { ...imageMetadata(picture, 'image/png', 320, 200), preview: '48c'.repeat(16), ...(alt && { alt }) };
  const nonce = crypto.randomUUID();
  await putBytes(await requestUploadUrl(client, deployment, nonce, image), 'image/png', picture);
  const sent = await sendImage(client, nonce, image, room);
  expect(sent.type, JSON.stringify(sent)).toBe('message');
}
