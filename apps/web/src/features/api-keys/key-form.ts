import { createApiKeyInput, type PermissionName } from '@latchkey/schemas';
import * as z from 'zod/mini';

import { DAY_MS, dayWords } from '../../words/time-words.ts';

export const EXPIRIES = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
  { value: 'date', label: 'A date' },
  { value: 'never', label: 'Never' },
] as const;
export type Expiry = (typeof EXPIRIES)[number]['value'];

/** A day as `<input type="date">` writes it. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The last millisecond of a day in the reader's zone: who picks Friday means that it works on Friday. */
function endOfDayMs(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date + 1).getTime() - 1;
}

/** When the key ends; null for never. */
export function expiresAtMs(expiry: Expiry, day: string, nowMs: number): number | null {
  if (expiry === 'never') return null;
  return expiry === 'date' ? endOfDayMs(day) : nowMs + Number(expiry) * DAY_MS;
}

/** What the choice means, under the choices. */
export function expiryWords(expiry: Expiry, day: string, nowMs: number): string {
  if (expiry === 'never') return 'It works until someone revokes it. Pick this only when rotation is automated.';
  if (expiry === 'date' && !DAY.test(day)) return 'Choose its last day.';
  return `Ends ${dayWords(expiresAtMs(expiry, day, nowMs) ?? nowMs)}.`;
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

/** The dialog's fields. Names are those of the wire where they mean the same, so that the server's issues find them. */
export const keyForm = z
  .object({
    name,
    expiry: z.enum(EXPIRIES.map(({ value }) => value)),
    day: z.string(),
    permissions: permissions.check(z.minLength(1, 'Choose at least one permission.')),
    allowQuery: z.boolean(),
    ipAllowList: z.pipe(lines, ipAllowList.def.innerType),
    rateLimit: z
      .string()
      .check(z.regex(/^(?:[1-9]\d{0,6})?$/, 'Use a whole number from 1 to 1,000,000, or leave it empty.')),
    windowSeconds: z.string(),
  })
  .check(
    z.refine(({ expiry, day }) => expiry !== 'date' || (DAY.test(day) && endOfDayMs(day) > Date.now()), {
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
    ipAllowList: form.ipAllowList,
    rateLimit: form.rateLimit ? { limit: Number(form.rateLimit), windowSeconds: Number(form.windowSeconds) } : null,
  };
}
