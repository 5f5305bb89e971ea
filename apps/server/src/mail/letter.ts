import type { MailMessage } from './mail.ts';

/** A message as it is written: the same words as text and as HTML. */
type Letter = {
  to: string;
  subject: string;
  /** What happened, why, the next step. */
  paragraphs: readonly string[];
  action?: { label: string; url: string };
  /** What to do if it wasn't the reader. */
  foot?: string;
};

export function write(letter: Letter): MailMessage {
  const { to, subject, paragraphs, action, foot } = letter;
  // On a line of its own the address can be copied, and no full stop can be taken for its end.
  const linked = action ? [`${action.label}:\n${action.url}`] : [];
  const text = [...paragraphs, ...linked, ...(foot ? [foot] : [])].join('\n\n');
  return { to, subject, text: `${text}\n`, html: htmlOf(letter) };
}

const BODY = 'font: 16px/1.5 system-ui, sans-serif; color: #1f2430; max-width: 36em; margin: 0 auto; padding: 24px';
const BUTTON =
  'display: inline-block; padding: 10px 18px; border-radius: 8px; background: #3b4fd8; color: #ffffff; text-decoration: none; font-weight: 600';

/** Without pictures or anything else to load: nobody learns when it was read. */
function htmlOf({ subject, paragraphs, action, foot }: Letter): string {
  const paragraph = (text: string) => `<p>${escaped(text)}</p>`;
  const button = action
    ? `<p><a href="${escaped(action.url)}" style="${BUTTON}">${escaped(action.label)}</a></p><p style="font-size: 13px">${escaped(action.url)}</p>`
    : '';
  const end = foot ? `<p style="color: #5a6070; font-size: 14px">${escaped(foot)}</p>` : '';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head><body style="${BODY}">${paragraphs.map(paragraph).join('')}${button}${end}</body></html>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (each) => ENTITIES[each] ?? each);
}
