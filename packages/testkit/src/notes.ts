import type { Caller } from './caller.ts';

/** An API of somebody else's, as an admin registers it. */
export const NOTES = {
  name: 'Notes',
  permissions: [
    { name: 'notes:read', description: 'Read your notes.' },
    { name: 'notes:write', description: 'Write notes.' },
  ],
} as const;

export function registerNotes(admin: Caller, audience: string) {
  const { name, permissions } = NOTES;
  return admin.api.resources.create.mutate({ name, audience, permissions: [...permissions] });
}
