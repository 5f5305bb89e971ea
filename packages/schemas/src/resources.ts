import * as z from 'zod/mini';

import { resourceId } from './ids.ts';
import { permissionName, permissionSet } from './permissions.ts';
import { flag, isStorableText, line, timeMs } from './text.ts';

/** An absolute URL without a fragment (RFC 8707 section 2), and without a name or password. */
function isAudience(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  return !text.includes('#') && url.username === '' && url.password === '';
}

/** One spelling for each URL: audiences are compared as texts. */
function canonical(text: string): string {
  const { href, pathname, search } = new URL(text);
  return pathname === '/' && search === '' ? href.slice(0, -1) : href;
}

/** What a token for the resource names in `aud`. */
export const audience = z.pipe(
  z.string().check(
    z.maxLength(300, 'Use at most 300 characters.'),
    // Parsers of URLs leave tabs and line breaks out, and then it would be another audience than was asked for.
    z.refine(isStorableText, 'Leave out control characters.'),
    z.refine(isAudience, 'Use a URL, such as https://notes.example.com.'),
  ),
  z.transform(canonical),
);

/** A permission with the sentence that people read. */
export const describedPermission = z.object({ name: permissionName, description: z.string() });
export type DescribedPermission = z.infer<typeof describedPermission>;

/** An API that trusts Latchkey. Latchkey itself is the built-in one. */
export const resource = z.object({
  id: resourceId,
  name: z.string(),
  audience: z.string(),
  permissions: z.array(describedPermission),
  builtIn: z.boolean(),
  createdAtMs: z.nullable(timeMs),
});
export type Resource = z.infer<typeof resource>;
export const resourceList = z.object({ items: z.array(resource) });

/** What there is to hold, by whose it is. */
export const permissionCatalogue = z.object({
  items: z.array(z.object({ id: resourceId, name: z.string(), permissions: z.array(describedPermission) })),
});

const permissionsOfResource = z.array(z.strictObject({ name: permissionName, description: line(200) })).check(
  z.maxLength(100, 'Use at most 100 permissions.'),
  z.refine((given) => new Set(given.map(({ name }) => name)).size === given.length, 'Name each permission once.'),
);

export const createResourceInput = z.strictObject({
  name: line(100),
  audience,
  permissions: z._default(permissionsOfResource, []),
});
/** `permissions` is the whole list: what it leaves out leaves the resource. */
export const updateResourceInput = z.strictObject({
  id: resourceId,
  name: z.optional(line(100)),
  audience: z.optional(audience),
  permissions: z.optional(permissionsOfResource),
  /** Without it, a permission that roles or keys still hold doesn't leave. */
  takeFromHolders: z._default(flag, false),
});
export const resourceInput = z.strictObject({ id: resourceId });
/** `permissions` is the list as it would be. */
export const previewResourceInput = z.strictObject({ id: resourceId, permissions: permissionSet });
export const resourcePreview = z.object({
  removed: z.array(permissionName),
  /** The roles that would lose something, the built-in ones aside, and how many working keys would. */
  roles: z.array(z.string()),
  apiKeys: z.int(),
  /** Whether there are more keys than were counted. */
  atLeast: z.boolean(),
});
export type ResourcePreview = z.infer<typeof resourcePreview>;
export const removeResourceInput = z.strictObject({ id: resourceId, takeFromHolders: z._default(flag, false) });
