import type { ReactNode } from 'react';

/** For password managers, which keep a password under a name. */
export function UsernameField({ email }: { email: string }): ReactNode {
  return (
    <input
      className="visually-hidden"
      type="email"
      autoComplete="username"
      value={email}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
