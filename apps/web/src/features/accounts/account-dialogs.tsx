import type { ReactNode } from 'react';

import { ChangeRolesDialog } from './change-roles-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import type { AccountDialogsProps } from './use-account-dialogs.tsx';

/** The forms that change an account. Loaded when one is first needed. */
export function AccountDialogs({ layer, account, onChange }: AccountDialogsProps): ReactNode {
  const { open, subject, close, forget } = layer;
  const state = { open, onClose: close, onClosed: forget };
  if (subject === 'name') {
    return <RenameDialog {...state} name={account.name} onSend={(name) => onChange({ name }, 'Name changed.')} />;
  }
  return <ChangeRolesDialog {...state} account={account} onSend={(roles) => onChange({ roles }, 'Roles changed.')} />;
}
