import { write, type MailMessage } from '../mail/index.ts';
import { DAY_MS } from '../time/index.ts';
import type { OwnedApiKey } from './rows.ts';

const NAMED = 20;

/** One mail for all keys of one reader that were found at once, the first to end first. */
export function reminderMail(
  to: string,
  ending: readonly OwnedApiKey[],
  { publicUrl, nowMs }: { publicUrl: string; nowMs: number },
): MailMessage {
  const [first] = ending;
  const what =
    first && ending.length === 1
      ? `API key ${first.key.name} expires in ${daysUntil(first, nowMs)}`
      : `${ending.length} API keys expire soon`;
  const lines = ending.slice(0, NAMED).map(({ key, owner }) => {
    const of = owner.kind === 'service' ? ` of ${owner.name}` : '';
    return `${key.name}${of}, on ${new Date(key.expiresAtMs ?? 0).toUTCString()}`;
  });
  const more = ending.length > NAMED ? [`and ${ending.length - NAMED} more`] : [];
  const page = ending.some(({ owner }) => owner.kind === 'service') ? '/console/api-keys' : '/account/api-keys';
  return write({
    to,
    subject: `${what} (${new URL(publicUrl).host})`,
    paragraphs: [
      `${what}.`,
      [...lines, ...more].join('\n'),
      ending.length === 1
        ? 'From then on, calls with it are refused. Put a new key in its place in time, or let it work longer.'
        : 'From then on, calls with them are refused. Put new keys in their place in time, or let them work longer.',
    ],
    action: { label: 'Look at the keys', url: `${publicUrl}${page}?expires=14` },
    foot: 'This mail comes 14, 3 and 1 days before a key expires.',
  });
}

function daysUntil({ key }: OwnedApiKey, nowMs: number): string {
  const days = Math.max(1, Math.round(((key.expiresAtMs ?? nowMs) - nowMs) / DAY_MS));
  return days === 1 ? '1 day' : `${days} days`;
}
