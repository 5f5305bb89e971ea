import { Menu as Base } from '@base-ui/react/menu';
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';

import type { MenuItem } from './menu.tsx';

type OpenMenuProps = { label: string; items: readonly MenuItem[]; trigger: ReactElement };

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

/** A menu from the press that first opens it on. */
export function OpenMenu({ label, items, trigger }: OpenMenuProps): ReactNode {
  const button = useRef<HTMLButtonElement>(null);
  const opened = useRef(false);
  // Pressed once more in the place of whoever asked for it, since an opening by press puts the focus on the first item.
  useEffect(() => {
    if (!opened.current) button.current?.click();
    opened.current = true;
  }, []);
  return (
    <Base.Root>
      <Base.Trigger render={trigger} ref={button} />
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
