import * as z from 'zod';

export const newNote = z.strictObject({ text: z.string().trim().min(1).max(1_000) });

export type Note = { id: number; text: string };

/** Everybody's notes, in memory: they go when the process does. */
export function createNotes() {
  const byOwner = new Map<string, Note[]>();
  const list = (ownerId: string): readonly Note[] => byOwner.get(ownerId) ?? [];
  return {
    list,
    add(ownerId: string, { text }: z.infer<typeof newNote>): Note {
      const note = { id: list(ownerId).length + 1, text };
      byOwner.set(ownerId, [...list(ownerId), note]);
      return note;
    },
  };
}

export type Notes = ReturnType<typeof createNotes>;
