import type { WhatCanBeCalled } from '@latchkey/schemas';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

import { RoleBadges } from '../roles/role-badges.tsx';

const KIND_WORDS = { person: 'Person', service: 'Service account', api_key: 'API key' };
const OVER_WORDS = {
  person: 'is disabled',
  service: 'is disabled',
  api_key: 'has expired, was revoked, or its owner is disabled',
};

/** Whose column it is, and what it is read off. */
export function HolderNote({ holder }: { holder: WhatCanBeCalled['holder'] }): ReactNode {
  const { kind, id, name, active, roles } = holder;
  const search =
    kind === 'api_key'
      ? { accountId: undefined, apiKeyId: id, missing: undefined }
      : { accountId: id, apiKeyId: undefined, missing: undefined };
  return (
    <div className="row holder-note">
      <span>
        {KIND_WORDS[kind]} <strong>{name}</strong>
        {!active && ` ${OVER_WORDS[kind]}: it opens what is open to everybody alone`}
      </span>
      <span className="row">
        <span className="soft small">{kind === 'api_key' ? "Its owner's roles" : 'Roles'}</span>
        <RoleBadges roles={roles} />
      </span>
      <Link to="/console/denials" search={search}>
        What it was refused
      </Link>
    </div>
  );
}
