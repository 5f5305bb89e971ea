import {
  cellOf,
  CREDENTIALS_OF_A_PERSON,
  type Cell,
  type GuardDescription,
  type Role,
  type WhatCanBeCalled,
} from '@latchkey/schemas';

/** A role, one account, one key, or whoever isn't signed in. */
export type Column = {
  key: string;
  title: string;
  /** The title as a sentence's subject. */
  who: string;
  cellOf: (guard: GuardDescription) => Cell;
};

export type Matrix = { columns: readonly Column[]; guards: readonly GuardDescription[] };

export function roleColumns(roles: readonly Role[]): Column[] {
  return [
    {
      key: 'anonymous',
      title: 'Not signed in',
      who: "Somebody who isn't signed in",
      cellOf: (guard) => cellOf(guard, null),
    },
    ...roles.map(({ name, permissions }) => {
      const subject = {
        kind: 'person' as const,
        roles: [name],
        permissions: new Set<string>(permissions),
        credentials: CREDENTIALS_OF_A_PERSON,
      };
      return {
        key: `role ${name}`,
        title: name,
        who: name,
        cellOf: (guard: GuardDescription) => cellOf(guard, subject),
      };
    }),
  ];
}

/** What the server says of one account or key. */
export function holderColumn({ holder, procedures }: WhatCanBeCalled): Column {
  const cells = new Map<string, Cell>(procedures.map(({ procedure, ...cell }) => [procedure, cell]));
  const none: Cell = { outcome: 'no', credentials: [], code: 'credential_missing', missing: 'credential' };
  return {
    key: holder.id,
    title: holder.name,
    who: holder.name,
    cellOf: ({ procedure }) => cells.get(procedure) ?? none,
  };
}

/** The procedures in which every word is found: in the name, the address or what is needed. */
export function matching(guards: readonly GuardDescription[], q: string | undefined): GuardDescription[] {
  const words = (q ?? '').toLowerCase().split(/\s+/);
  return guards.filter(({ procedure, rest, demands }) => {
    const text = `${procedure} ${rest} ${demands}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
