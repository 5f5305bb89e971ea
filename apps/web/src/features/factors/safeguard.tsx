import type { ReactNode } from 'react';

import { Icon } from '../../ui/icons.tsx';

export type SafeguardProps = {
  title: string;
  /** How it stands, in a few words. */
  state: ReactNode;
  /** `weak`: there, but it wants a look. */
  is: 'good' | 'weak' | 'missing';
  children?: ReactNode;
};

const MARK_WORDS = { good: '', weak: ' (needs a look)', missing: ' (not set up)' };

/** One line of the checklist: what it is, how it stands, what can be done. */
export function Safeguard({ title, state, is, children }: SafeguardProps): ReactNode {
  return (
    <li className="safeguard" data-is={is}>
      <span className="safeguard-mark">
        {is !== 'missing' && <Icon name={is === 'good' ? 'check' : 'alert'} size={16} />}
      </span>
      <div>
        <h3>
          {title}
          <span className="visually-hidden">{MARK_WORDS[is]}</span>
        </h3>
        <p className="cell-sub">{state}</p>
      </div>
      <div className="row">{children}</div>
    </li>
  );
}
