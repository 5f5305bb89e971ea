import type { ReactNode } from 'react';

import { TextField } from '../ui/field.tsx';
import { NewPasswordField } from '../ui/new-password-field.tsx';

type Errors = { name?: string; email?: string; password?: string };

/** What every new person is asked. `email` is absent where the link already says it. */
export function PersonFields({ errors, emailHint }: { errors: Errors; emailHint?: string | false }): ReactNode {
  return (
    <>
      <TextField label="Name" name="name" autoComplete="name" autoFocus error={errors.name} />
      {emailHint !== false && (
        <TextField
          label="Email"
          name="email"
          type="email"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          hint={emailHint}
          error={errors.email}
        />
      )}
      <NewPasswordField label="Password" name="password" error={errors.password} />
    </>
  );
}
