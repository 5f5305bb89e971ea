import { createApiKeyInput, type ApiKey, type PermissionName } from '@latchkey/schemas';
import * as z from 'zod/mini';

import { DAY_MS, dayWords, numberWords } from '../../words/time-words.ts';

export const EXPIRIES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'date', label: 'A date' },
  { value: 'never', label: 'Never' },
] as const;
export type Expiry = (typeof EXPIRIES)[number]['value'];

const MINUTE_MS = 60_000;

/** A day as `<input type="date">` writes it. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The last millisecond of a day in the reader's zone: who picks Friday means that it works on Friday. */
function endOfDayMs(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + 1).getTime() - 1;
}

/** The day of a time, where the reader is, as `<input type="date">` writes it. */
export function dayOf(atMs: number): string {
  const at = new Date(atMs);
  return new Date(atMs - at.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 10);
}

/** When the key ends; null for never. */
export function expiresAtMs(expiry: Expiry, day: string, nowMs: number): number | null {
  if (expiry === 'never') return null;
  return expiry === 'date' ? endOfDayMs(day) : nowMs + Number(expiry) * DAY_MS;
}

type Chosen = { expiry: Expiry; day: string; nowMs: number; sendsMail: boolean };
/** What the choice means, under the choices. */
export function expiryWords({ expiry, day, nowMs, sendsMail }: Chosen): string {
  if (expiry === 'never') return 'It works until someone revokes it. Pick this only when rotation is automated.';
  if (expiry === 'date' && !DAY.test(day)) return 'Choose its last day.';
  const ends = `Ends ${dayWords(expiresAtMs(expiry, day, nowMs) ?? nowMs)}.`;
  return sendsMail ? `${ends} We mail a reminder before.` : ends;
}

const isReading = (permission: PermissionName) => permission.endsWith(':read');

export const PERMISSION_MODES = [
  { value: 'read', label: 'Read only' },
  { value: 'write', label: 'Read and write' },
  { value: 'choose', label: 'Choose' },
] as const;
export type PermissionMode = (typeof PERMISSION_MODES)[number]['value'];

/** The permissions of a mode, out of those that the owner and the maker both hold. */
export function permissionsOf(
  mode: PermissionMode,
  chosen: readonly PermissionName[],
  givable: readonly PermissionName[],
): PermissionName[] {
  if (mode === 'choose') return givable.filter((each) => chosen.includes(each));
  return mode === 'read' ? givable.filter(isReading) : [...givable];
}

export const readsOnly = (permissions: readonly PermissionName[]): boolean => permissions.every(isReading);

const lines = z.pipe(
  z.string(),
  z.transform((text) => text.split(/[\s,]+/).filter(Boolean)),
);

const { name, permissions, ipAllowList } = createApiKeyInput.shape;

const count = (most: number) =>
  z
    .string()
    .check(
      z.refine(
        (text) => /^(?:[1-9]\d*)?$/.test(text) && Number(text) <= most,
        `Use a whole number from 1 to ${numberWords(most)}, or leave it empty.`,
      ),
    );

/** What binds a key, as fields. */
const limitFields = {
  ipAllowList: z.pipe(lines, ipAllowList.def.innerType),
  rateLimit: count(1_000_000),
  windowSeconds: z.string(),
  quota: count(1_000_000_000),
  quotaPer: z.enum(['day', 'week', 'month']),
};

export const limitsForm = z.object({
  ...limitFields,
  day: z.string().check(z.refine((day) => day === '' || isToCome(day), 'Choose a day to come, or leave it empty.')),
});
export type LimitsForm = z.infer<typeof limitsForm>;

function isToCome(day: string): boolean {
  return DAY.test(day) && endOfDayMs(day) > Date.now();
}

/** The dialog's fields. Names are those of the wire where they mean the same, so that the server's issues find them. */
export const keyForm = z
  .object({
    name,
    expiry: z.enum(EXPIRIES.map(({ value }) => value)),
    day: z.string(),
    permissions: permissions.check(z.minLength(1, 'Choose at least one permission.')),
    allowQuery: z.boolean(),
    ...limitFields,
  })
  .check(
    z.refine(({ expiry, day }) => expiry !== 'date' || isToCome(day), {
      path: ['day'],
      error: 'Choose a day to come.',
    }),
  );
export type KeyForm = z.infer<typeof keyForm>;

/** What is sent for a checked form. */
export function createInputOf(form: KeyForm, nowMs: number) {
  return {
    name: form.name,
    permissions: form.permissions,
    expiresAtMs: expiresAtMs(form.expiry, form.day, nowMs),
    allowQuery: form.allowQuery && readsOnly(form.permissions),
    ...limitsOf(form),
  };
}

function limitsOf({ ipAllowList: networks, rateLimit, windowSeconds, quota, quotaPer }: Omit<LimitsForm, 'day'>) {
  return {
    ipAllowList: networks,
    rateLimit: rateLimit ? { limit: Number(rateLimit), windowSeconds: Number(windowSeconds) } : null,
    quota: quota ? { limit: Number(quota), per: quotaPer } : null,
  };
}

/** What the fields of a key's limits hold at first. */
export function limitsFormOf({ ipAllowList: networks, rateLimit, quota, expiresAtMs: endMs }: ApiKey) {
  return {
    ipAllowList: networks.join('\n'),
    rateLimit: String(rateLimit?.limit ?? ''),
    windowSeconds: String(rateLimit?.windowSeconds ?? 60),
    quota: String(quota?.limit ?? ''),
    quotaPer: quota?.per ?? ('month' as const),
    day: endMs === null ? '' : dayOf(endMs),
  };
}

/** What is sent for them. A day that nobody touched leaves the key's end where it is, to the millisecond. */
export function updateInputOf({ day, ...form }: LimitsForm, { id, expiresAtMs: endMs }: ApiKey) {
  const untouched = endMs !== null && day === dayOf(endMs);
  const until = day === '' ? null : endOfDayMs(day);
  return { id, ...limitsOf(form), expiresAtMs: untouched ? endMs : until };
}
