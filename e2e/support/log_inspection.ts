import type { Page } from '@playwright/test';

/** A message of the corpus that the log has to show, as the server sent it. */
export type Shown = { id: string; seq: number; text?: string; html?: string; author: string };

/** The message that is sent before and after each attack. It has to look as if there were no attack. */
export const bystander = { name: 'Ann Neighbour', text: 'One two, 3 (four)!' };

/**
 * Returns what is wrong with the log: attack messages that are more than text, and bystander messages that look different. The
 * first message of the log is the reference: a bystander message with no attack before it.
 */
export function findLogDefects(page: Page, shown: Shown[]): Promise<string[]> {
  return page.evaluate(inspect, { shown, bystander });
}

/** Runs in the page. */
function inspect({ shown, bystander }: { shown: Shown[]; bystander: { name: string; text: string } }): string[] {
  const defects: string[] = [];
  // Only the elements and classes that `content/markdown.rs` writes.
  const elements = ['P', 'BR', 'STRONG', 'EM', 'DEL', 'CODE', 'PRE', 'BLOCKQUOTE', 'UL', 'LI'];
  const classes = ['mention', 'hl-k', 'hl-s', 'hl-c', 'hl-n', 'hl-f'];
  const isAllowed = (element: Element): boolean => {
    const attributes = Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]));
    const hasDirection = attributes['dir'] === 'auto' && ['P', 'BLOCKQUOTE', 'UL', 'OL', 'LI'].includes(element.tagName);
    if (hasDirection) delete attributes['dir'];
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
        return names === '' && elements.includes(element.tagName);
    }
  };

  // An HTML parser drops nulls and normalises line ends. Text that a script sets keeps both.
  const normalised = (html = '') => html.replace(/\0/g, '').replace(/\r\n?/g, '\n');

  const letterBox = (text: Node, at: number): DOMRect => {
    const range = document.createRange();
    range.setStart(text, at);
    range.setEnd(text, at + 1);
    return range.getBoundingClientRect();
  };

  for (const { id, seq, text, html, author } of shown) {
    const article = document.getElementById(`m-${seq}`);
    if (!article) {
      defects.push(`${id}: is not shown`);
      continue;
    }
    const name = article.querySelector('.message-author bdi')?.textContent;
    if (name !== author) defects.push(`${id}: its author is shown as ${name}`);
    if (text === undefined) continue;
    const body = article.querySelector('.message-text');
    const expected = new DOMParser().parseFromString(html ?? '', 'text/html').body;
    if (html === undefined) expected.append(text);
    if (normalised(body?.innerHTML) !== normalised(expected.innerHTML)) defects.push(`${id}: is shown as ${body?.innerHTML}`);
    for (const element of body?.querySelectorAll('*') ?? []) {
      if (!isAllowed(element)) defects.push(`${id}: has ${element.outerHTML.slice(0, 200)}`);
    }
    // The page's own text after a message reads left to right, whatever the direction of the message.
    const editMark = article.querySelector('.message-edited')?.firstChild;
    const lefts = editMark ? [...editMark.nodeValue!].map((_, at) => letterBox(editMark, at).left) : [];
    if (lefts.some((left, at) => at > 0 && left < lefts[at - 1]!)) defects.push(`${id}: its edit mark is reversed`);
    // A text alone is in one element, and checked above.
    const siblings = [...article.querySelectorAll('.message-said:not(.message-text) > *')].map((element) => element.classList[0]).join(' ');
    if (!/^(message-text( fold)?( message-edited)?)?$/.test(siblings)) defects.push(`${id}: has beside its text ${siblings}`);
  }

  /** Returns the position of each letter, relative to the corner of its message. */
  const letterPositions = (article: Element): string => {
    const corner = article.getBoundingClientRect();
    const positions: string[] = [`${corner.width} × ${corner.height}`];
    for (const part of ['.message-author bdi', '.message-text', '.message-edited']) {
      const text = article.querySelector(part)?.firstChild;
      for (let at = 0; text && at < (text.nodeValue ?? '').length; at++) {
        const { left, top, width } = letterBox(text, at);
        positions.push([left - corner.left, top - corner.top, width].map((length) => length.toFixed(1)).join(' '));
      }
    }
    return positions.join(', ');
  };
  const textOf = (article: Element, part: string) => article.querySelector(part)?.textContent;
  const bystanders = [...document.querySelectorAll('article.message')].filter(
    (article) => textOf(article, '.message-author bdi') === bystander.name,
  );
  if (bystanders.length !== shown.length + 1) defects.push(`there are ${bystanders.length} bystander messages for ${shown.length} attacks`);
  for (const [number, article] of bystanders.entries()) {
    const after = shown[number - 1]?.id ?? 'the beginning';
    if (textOf(article, '.message-text') !== bystander.text) defects.push(`the text after ${after} is ${article.textContent}`);
    if (letterPositions(article) !== letterPositions(bystanders[0]!)) {
      defects.push(`the letters after ${after} moved: ${letterPositions(article)}, not ${letterPositions(bystanders[0]!)}`);
    }
    const body = article.querySelector('.message-text')!;
    body.scrollIntoView({ block: 'center', behavior: 'instant' });
    const box = body.getClientRects()[0]!;
    const top = document.elementFromPoint(box.left + 5, box.top + box.height / 2);
    if (!article.contains(top)) defects.push(`${top?.outerHTML.slice(0, 200)} covers the text after ${after}`);
  }
  return defects;
}
