import type { ReactNode, Ref } from 'react';

import { Icon } from './icons.tsx';

type Tone = 'plain' | 'danger' | 'warn' | 'good';

export type NoticeProps = { tone?: Tone; role?: 'alert' | 'status'; ref?: Ref<HTMLDivElement>; children: ReactNode };

/** A sentence that matters now. It can take the focus (`ref`), as a form's failure does. */
export function Notice({ tone = 'plain', role, ref, children }: NoticeProps): ReactNode {
  const icon = tone === 'good' ? 'check' : tone === 'plain' ? 'info' : 'alert';
  return (
    <div className="notice" data-tone={tone} role={role} ref={ref} tabIndex={ref ? -1 : undefined}>
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}
