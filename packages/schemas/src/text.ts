import * as z from 'zod/mini';

const CONTROL_CHARACTERS = /\p{Cc}/u;

/** No control characters (NUL breaks PostgreSQL, CR and LF forge log lines) and no lone surrogates (they can't be stored as UTF-8). */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !CONTROL_CHARACTERS.test(text);
}

/** One line of text, trimmed, 1 to `maxLength` UTF-16 units. */
export function line(maxLength: number) {
  return z
    .string()
    .check(
      z.trim(),
      z.minLength(1, 'Fill this in.'),
      z.maxLength(maxLength, `Use at most ${maxLength} characters.`),
      z.refine(isStorableText, 'Leave out control characters.'),
    );
}

/** What a person or a service account is called. */
export const personName = line(100);

/** The bounds of every `wholeNumber`, for whoever describes it. */
export const wholeNumbers = z.registry<{ minimum: number; maximum: number }>();

/** A whole number that is written as digits in a query string. */
export function wholeNumber(minimum: number, maximum: number) {
  return z
    .union([z.number(), z.pipe(z.string().check(z.regex(/^\d{1,15}$/, 'Use digits only.')), z.transform(Number))])
    .check(
      z.refine(
        (value) => Number.isSafeInteger(value) && value >= minimum && value <= maximum,
        `Use a whole number from ${minimum} to ${maximum}.`,
      ),
    )
    .register(wholeNumbers, { minimum, maximum });
}

/** A yes or no that is written as `true` or `false` in a query string. */
export const flag = z.union([
  z.boolean(),
  z.pipe(
    z.enum(['true', 'false']),
    z.transform((word) => word === 'true'),
  ),
]);

/** Milliseconds since 1970-01-01 UTC. */
export const timeMs = z.int().check(z.gte(0));

/** Where a keyset page goes on: opaque, given out as `nextCursor`. */
const cursor = z.string().check(z.minLength(1), z.maxLength(300), z.regex(/^[A-Za-z0-9_-]+$/));

/** For procedures that take nothing: whatever is sent is refused, as unknown fields are everywhere. */
export const noInput = z.optional(z.strictObject({}));

/** What every list takes: `limit` 1 to 100, by default 50. */
export const pageInput = {
  cursor: z.optional(cursor),
  limit: z._default(wholeNumber(1, 100), 50),
};

/** What every list answers: the items, and where the next page starts, or null after the last. */
export function pageOf<Item extends z.ZodMiniType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.nullable(z.string()) });
}

/** Shorter than 8 is guessed, longer than 256 is an attack on the hash. No rules of composition (ASVS V6.2.5). */
export const newPassword = z.string().check(
  z.minLength(8, 'Use at least 8 characters.'),
  z.maxLength(256, 'Use at most 256 characters.'),
  z.refine((text) => text.isWellFormed() && !text.includes('\0'), 'Leave out control characters.'),
);

/** A password as it is offered: any text, so that a wrong one costs and says the same whatever it looks like. */
export const offeredPassword = z.string().check(z.minLength(1, 'Enter your password.'), z.maxLength(4096));

const EMAIL =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * One address, in lower case. ASCII only, refused before anything is folded: full-width and look-alike characters could
 * otherwise fold into somebody else's address.
 */
export const email = z
  .string()
  .check(
    z.trim(),
    z.maxLength(254, 'Use at most 254 characters.'),
    z.regex(/^[\x21-\x7e]+$/, 'Enter one email address, such as ada@example.com.'),
    z.toLowerCase(),
    z.regex(EMAIL, 'Enter one email address, such as ada@example.com.'),
  );
