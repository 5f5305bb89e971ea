import { cloneElement, type ComponentProps, type ReactElement, type ReactNode } from 'react';

import { IconButton } from './button.tsx';
import { Icon } from './icons.tsx';
import { useOnDemand } from './use-on-demand.ts';

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

/** The button of a menu. The menu itself is a tenth of a page's scripts, so it is loaded when somebody is about to open it. */
export function Menu({ label, items, trigger }: MenuProps): ReactNode {
  const [part, want] = useOnDemand(load);
  const button = trigger ?? (
    <IconButton label={label}>
      <Icon name="more" />
    </IconButton>
  );
  if (part) return <part.OpenMenu label={label} items={items} trigger={button} />;
  return cloneElement(button, {
    'aria-haspopup': 'menu',
    'aria-expanded': false,
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    onClick: want,
  });
}
