import type { Permission } from '@latchkey/schemas';
import type { ReactNode } from 'react';

import { useCan } from '../../rpc/me.tsx';
import { Page } from '../../ui/page.tsx';
import { NoAccess } from '../../ui/state.tsx';

/** A page, for those who may see it. Others are told what it needs, and the server isn't asked for anything. */
export function PageWith(props: { permission: Permission; title: string; children: ReactNode }): ReactNode {
  const { permission, title, children } = props;
  if (useCan()(permission)) return children;
  return (
    <Page title={title}>
      <NoAccess permission={permission} />
    </Page>
  );
}

/** A part of a page that somebody else may not see. */
export function PartWith({ permission, children }: { permission: Permission; children: ReactNode }): ReactNode {
  if (useCan()(permission)) return children;
  return (
    <p className="soft">
      Seeing this needs <code>{permission}</code>. An admin can give you a role that has it.
    </p>
  );
}
