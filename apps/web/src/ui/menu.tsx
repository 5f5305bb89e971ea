import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement, ReactNode, RefObject } from 'react';

import { IconButton } from './button.tsx';
import { Icon } from './icons.tsx';

export type MenuItem =
  | { label: string; onSelect: () => void; /** Off, and why. */ offBecause?: string | undefined }
  | 'line';

export type MenuProps = {
  /** Names the list: "Actions for billing-worker". */
  label: string;
  items: readonly MenuItem[];
  /** Instead of the three dots. */
  trigger?: ReactElement;
  /** Where the focus goes when a dialog that an item opened is closed: give it to that dialog's `finalFocus`. */
  triggerRef?: RefObject<HTMLButtonElement | null>;
};

function Item({ item }: { item: MenuItem }): ReactNode {
  if (item === 'line') return <Base.Separator className="popup-line" />;
  return (
    <Base.Item className="popup-item" disabled={item.offBecause !== undefined} onClick={item.onSelect}>
      <div>
        {item.label}
        {item.offBecause && <span className="cell-sub">{item.offBecause}</span>}
      </div>
    </Base.Item>
  );
}

export function Menu({ label, items, trigger, triggerRef }: MenuProps): ReactNode {
  const dots = (
    <IconButton label={label}>
      <Icon name="more" />
    </IconButton>
  );
  return (
    <Base.Root>
      <Base.Trigger render={trigger ?? dots} {...(triggerRef && { ref: triggerRef })} />
      <Base.Portal container={document.querySelector<HTMLElement>('main')}>
        <Base.Positioner className="popup-place" align="end" sideOffset={4} collisionPadding={8}>
          <Base.Popup className="popup" aria-label={label}>
            {items.map((item, place) => (
              <Item key={item === 'line' ? place : item.label} item={item} />
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
