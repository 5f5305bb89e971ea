import type { ComponentProps, ReactNode } from 'react';

import { Checkbox } from '../ui/choice.tsx';

/** For a browser that is one's own: from then on, its password alone signs in there for a while. */
export function TrustChoice(input: Pick<ComponentProps<'input'>, 'checked' | 'onChange'>): ReactNode {
  return <Checkbox {...input} name="trustDevice" value="true" label="Don't ask in this browser for 30 days" />;
}
