import type { createResourceInput } from '@latchkey/schemas';
import type * as z from 'zod/mini';

import type { CheckedForm } from '../../forms/form.tsx';

export type ResourceForm = z.output<typeof createResourceInput>;
export type ResourceFormState = CheckedForm<z.input<typeof createResourceInput>, ResourceForm>;
