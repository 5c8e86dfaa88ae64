import type { Page } from '@playwright/test';

/** A message that has to stand in the log, as the server said it. */
export type Shown = { id: string; seq: number; text?: string; html?: string; author: string };

/** What is said between two attacks, and has to look as if there were none. */
export const neighbour = { name: 'Ann Neighbour', text: 'One two, 3 (four)!' };

/**
 * What is wrong with the log: messages that are more than text, and neighbours that are not as they were. The first message
 * is a neighbour's that no attack has been near.
 */
export function faults(page: Page, shown: Shown[]): Promise<string[]> {
  return page.evaluate(inspect, { shown, neighbour });
}

/** Runs in the page. */
function inspect({ shown, neighbour }: { shown: Shown[]; neighbour: { name: string; text: string } }): string[] {
  const faults: string[] = [];
  // What `chat/rich_text.rs` writes, and nothing else.
  const plain = ['P', 'BR', 'HR', 'STRONG', 'EM', 'DEL', 'CODE', 'PRE', 'BLOCKQUOTE', 'UL', 'LI'];
  const classes = ['mention', 'hl-k', 'hl-s', 'hl-c', 'hl-n', 'hl-f'];
  const isHarmless = (element: Element): boolean => {
    const attributes = Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
    const names = Object.keys(attributes).sort().join(' ');
    switch (element.tagName) {
      case 'A':
        return (
          names === 'href rel target' &&
          attributes['rel'] === 'noopener noreferrer nofollow ugc' &&
          attributes['target'] === '_blank' &&
          ['http:', 'https:', 'mailto:'].includes((element as HTMLAnchorElement).protocol)
        );
      case 'OL':
        return names === 'start' && /^\d+$/.test(attributes['start']!);
      case 'SPAN':
        return names === 'class' && classes.includes(attributes['class']!);
      default:
        return names === '' && plain.includes(element.tagName);
    }
  };

  // Whoever reads HTML leaves out nulls, and has one end of a line; a script has what was said.
  const asRead = (html = '') => html.replace(/\0/g, '').replace(/\r\n?/g, '\n');

  const place = (text: Node, at: number): DOMRect => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect();
  };

  for (const { id, seq, text, html, author } of shown) {
    const article = document.getElementById(`m-${seq}`);
    if (!article) {
      faults.push(`${id}: is not shown`);
      continue;
    }
    const name = article.querySelector('.message-author bdi')?.textContent;
    if (name !== author) faults.push(`${id}: its author is called ${name}`);
    if (text === undefined) continue;
    const words = article.querySelector('.message-text');
    const expected = new DOMParser().parseFromString(html ?? '', 'text/html').body;
    if (html === undefined) expected.append(text);
    if (asRead(words?.innerHTML) !== asRead(expected.innerHTML)) faults.push(`${id}: is shown as ${words?.innerHTML}`);
    for (const element of words?.querySelectorAll('*') ?? []) {
      if (!isHarmless(element)) faults.push(`${id}: has ${element.outerHTML.slice(0, 200)}`);
    }
    // What the page says behind a text is read as ever, whatever direction the text has.
    const mark = article.querySelector('.message-edited')?.firstChild;
    const lefts = mark ? [...mark.nodeValue!].map((_, at) => place(mark, at).left) : [];
    if (lefts.some((left, at) => at > 0 && left < lefts[at - 1]!)) faults.push(`${id}: the mark of its edit is turned around`);
    const around = [...article.querySelectorAll('.message-said > *')].map((element) => element.classList[0]).join(' ');
    if (!/^message-text( message-edited)?$/.test(around)) faults.push(`${id}: has beside its text ${around}`);
  }

  /** Where each letter stands, from the corner of its message. */
  const letters = (article: Element): string => {
    const corner = article.getBoundingClientRect();
    const places: string[] = [`${corner.width} × ${corner.height}`];
    for (const part of ['.message-author bdi', '.message-text', '.message-edited']) {
      const text = article.querySelector(part)?.firstChild;
      for (let at = 0; text && at < (text.nodeValue ?? '').length; at++) {
        const { left, top, width } = place(text, at);
        places.push([left - corner.left, top - corner.top, width].map((length) => length.toFixed(1)).join(' '));
      }
    }
    return places.join(', ');
  };
  const said = (article: Element, part: string) => article.querySelector(part)?.textContent;
  const neighbours = [...document.querySelectorAll('article.message')].filter(
    (article) => said(article, '.message-author bdi') === neighbour.name,
  );
  if (neighbours.length !== shown.length + 1) faults.push(`there are ${neighbours.length} neighbours of ${shown.length}`);
  for (const [number, article] of neighbours.entries()) {
    const after = shown[number - 1]?.id ?? 'the beginning';
    if (said(article, '.message-text') !== neighbour.text) faults.push(`behind ${after} is said ${article.textContent}`);
    if (letters(article) !== letters(neighbours[0]!)) {
      faults.push(`behind ${after} letters stand elsewhere: ${letters(article)}, not ${letters(neighbours[0]!)}`);
    }
    const words = article.querySelector('.message-text')!;
    words.scrollIntoView({ block: 'center', behavior: 'instant' });
    const box = words.getClientRects()[0]!;
    const top = document.elementFromPoint(box.left + 5, box.top + box.height / 2);
    if (!article.contains(top)) faults.push(`behind ${after} lies ${top?.outerHTML.slice(0, 200)} over the text`);
  }
  return faults;
}
