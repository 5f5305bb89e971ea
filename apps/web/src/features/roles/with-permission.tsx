import type { ReactNode } from 'react';

import { useShortfall, type Asked } from '../../rpc/me.tsx';
import { Page } from '../../ui/page.tsx';
import { NoAccess } from '../../ui/state.tsx';

/** A page, for those who may see it. Others are told what it needs, and the server isn't asked for anything. */
export function PageWith({ asked, title, children }: { asked: Asked; title: string; children: ReactNode }): ReactNode {
  const shortfall = useShortfall(asked);
  if (shortfall === null) return children;
  return (
    <Page title={title}>
      <NoAccess missing={[shortfall.missing]} />
    </Page>
  );
}

/** A part of a page that somebody else may not see. */
export function PartWith({ asked, children }: { asked: Asked; children: ReactNode }): ReactNode {
  const shortfall = useShortfall(asked);
  if (shortfall === null) return children;
  return (
    <p className="soft">
      Seeing this needs <code>{shortfall.missing}</code>. An admin can give you a role that has it.
    </p>
  );
}
