import { cloneElement, lazy, Suspense, useState, type ComponentProps, type ReactElement, type ReactNode } from 'react';

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
  trigger?: ReactElement<ComponentProps<'button'>>;
};

const load = () => import('./open-menu.tsx');
const OpenMenu = lazy(async () => ({ default: (await load()).OpenMenu }));

/** The button of a menu. The menu itself is a tenth of a page's scripts, so it is loaded when somebody is about to open it. */
export function Menu({ label, items, trigger }: MenuProps): ReactNode {
  const [wanted, setWanted] = useState(false);
  const button = trigger ?? (
    <IconButton label={label}>
      <Icon name="more" />
    </IconButton>
  );
  const closed = cloneElement(button, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    onClick: () => setWanted(true),
  });
  if (!wanted) return closed;
  return (
    <Suspense fallback={closed}>
      <OpenMenu label={label} items={items} trigger={button} />
    </Suspense>
  );
}
