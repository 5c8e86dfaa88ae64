import type { Page } from '@playwright/test';

/** Changes that browsers, extensions and translators make to the HTML of a page. Each runs in the page. */
export const pageChanges: Record<string, () => void> = {
  'a div before everything in the body': () => document.body.prepend(document.createElement('div')),
  'a custom element at the end of the body': () => document.body.append(document.createElement('password-manager')),
  'an element after the field of the composer': () => document.querySelector('.composer-field')!.after(document.createElement('grammar-check')),
  'an element before the field of the composer': () => document.querySelector('.composer-field')!.before(document.createElement('grammar-check')),
  'an element before everything in the page': () => document.querySelector('.chat')!.prepend(document.createElement('grammar-check')),
  'an element of the same kind before each message': () => {
    for (const message of document.querySelectorAll('article.message')) message.before(document.createElement('article'));
  },
  'an element inside every message': () => {
    for (const message of document.querySelectorAll('article.message')) message.append(document.createElement('span'));
  },
  'an element at the start of every message': () => {
    for (const message of document.querySelectorAll('article.message')) message.prepend(document.createElement('span'));
  },
  'a link around a phone number': () => {
    const text = [...document.querySelectorAll('.message-text')].find((text) => text.textContent!.includes('090-1234-5678'))!;
    text.innerHTML = text.innerHTML.replace('090-1234-5678', '<a href="tel:090-1234-5678">$&</a>');
  },
  'a link around the text of the day separator': () => {
    const day = document.querySelector('.day span')!;
    day.innerHTML = `<a href="x-apple-data-detectors://0">${day.innerHTML}</a>`;
  },
  'a link around every time': () => {
    for (const time of document.querySelectorAll('.message-time')) time.innerHTML = `<a href="x-apple-data-detectors://1">${time.innerHTML}</a>`;
  },
  'a font element around every text': () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Node[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts.filter((text) => text.textContent!.trim())) {
      const [outer, inner] = [document.createElement('font'), document.createElement('font')];
      text.parentNode!.replaceChild(outer, text);
      outer.append(inner);
      inner.append(`translated ${text.textContent}`);
    }
  },
  'every text translated in place': () => {
    const walker = document.createTreeWalker(document.getElementById('app') ?? document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (walker.currentNode.textContent!.trim()) walker.currentNode.textContent = 'translated';
    document.documentElement.className = 'translated-ltr';
  },
  'every text split': () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: Text[] = [];
    while (walker.nextNode()) texts.push(walker.currentNode as Text);
    for (const text of texts) if (text.length > 1) text.splitText(1);
  },
  'texts merged over the comments between them': () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
    const comments: ChildNode[] = [];
    while (walker.nextNode()) comments.push(walker.currentNode as Comment);
    for (const comment of comments) comment.remove();
    document.body.normalize();
  },
  'the comments removed': () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_COMMENT);
    const comments: ChildNode[] = [];
    while (walker.nextNode()) comments.push(walker.currentNode as Comment);
    for (const comment of comments) comment.remove();
  },
  'attributes added to html and body': () => {
    for (const element of [document.documentElement, document.body]) element.setAttribute('data-extension-installed', '');
  },
  'attributes added to every field and button': () => {
    for (const element of document.querySelectorAll('input, textarea, button')) element.setAttribute('data-dashlane-rid', '1');
  },
  'an element in the head': () => document.head.append(document.createElement('extension-data')),
  'the list of messages emptied': () => document.querySelector('.log-rows')!.replaceChildren(),
  'everything in the page replaced': () => (document.getElementById('app') ?? document.body).replaceChildren('gone'),
};

/** Opens a page and holds its program back. Returns a function that lets the program through. */
export async function openWithoutProgram(page: Page, url: string): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/*_bg.wasm', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(url, { waitUntil: 'domcontentloaded' });
  return release;
}
