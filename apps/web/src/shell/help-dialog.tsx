import type { ReactNode } from 'react';

import { Checkbox } from '../ui/choice.tsx';
import { Dialog, DialogBody } from '../ui/dialog.tsx';
import { setShortcutsOn, useShortcutList, useShortcutsOn } from '../ui/shortcuts.ts';

/** Always there, so they aren't registered by a page. */
const EVERYWHERE = [{ keys: 'Esc', words: 'Close the top layer' }];

export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }): ReactNode {
  const on = useShortcutsOn();
  const shortcuts = [...useShortcutList(), ...EVERYWHERE];
  return (
    <Dialog open={open} onClose={onClose} title="Keyboard shortcuts" size="small">
      <DialogBody>
        <Checkbox
          label="Use single-letter shortcuts"
          hint="Switch them off if you dictate, or press keys by accident."
          checked={on}
          onChange={(event) => setShortcutsOn(event.target.checked)}
        />
        <dl className="shortcut-list">
          {shortcuts.map(({ keys, words }) => (
            <div key={keys}>
              <dt>{words}</dt>
              <dd>
                {keys.split(' ').map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      </DialogBody>
    </Dialog>
  );
}
