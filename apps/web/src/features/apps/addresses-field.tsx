import type { ReactNode } from 'react';

import { TextAreaField, type TextAreaFieldProps } from '../../ui/field.tsx';
import { faultOfLines } from './app-form.ts';

/** One address a line. Each is judged while it is typed. */
export function AddressesField({
  text = '',
  error,
  ...area
}: TextAreaFieldProps & { text: string | undefined }): ReactNode {
  return <TextAreaField spellCheck={false} {...area} error={faultOfLines(text) ?? error} />;
}
