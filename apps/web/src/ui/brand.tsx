import type { ReactNode } from 'react';

/** A key that stands as an L. The same drawing as logo.svg, which is the favicon. */
function Logo(): ReactNode {
  return (
    <svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <g fill="none" stroke="#fff" strokeWidth="3" strokeLinejoin="round" strokeLinecap="round">
        <circle cx="12.5" cy="10.5" r="4" />
        <path d="M12.5 14.5V25H21M12.5 20H17" />
      </g>
    </svg>
  );
}

export function Brand({ href }: { href: string }): ReactNode {
  return (
    <a className="brand" href={href}>
      <Logo />
      Latchkey
    </a>
  );
}
