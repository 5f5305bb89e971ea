import type { ReactNode } from 'react';

const PATHS = {
  alert:
    'M10 6.5v4.5M10 14h.01M8.6 3.4 2.2 14.5A1.6 1.6 0 0 0 3.6 17h12.8a1.6 1.6 0 0 0 1.4-2.5L11.4 3.4a1.6 1.6 0 0 0-2.8 0Z',
  check: 'm4.5 10.5 3.7 3.7 7.3-8.4',
  close: 'm5.5 5.5 9 9m0-9-9 9',
  copy: 'M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4',
  info: 'M10 9.2V14M10 6.2h.01M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15Z',
  key: 'M9 11 17 3m-3.5 3.5L16 9M9.6 13.4a3.4 3.4 0 1 1-6.8 0 3.4 3.4 0 0 1 6.8 0Z',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  offline:
    'm3 3 14 14M5 10.5a7 7 0 0 1 3-1.8m7 1.8a7 7 0 0 0-2.6-1.7M2 7.2a11 11 0 0 1 3-1.9m13 1.9a11 11 0 0 0-7.5-3M10 15.5h.01M7.5 13a3.7 3.7 0 0 1 4 0',
  people:
    'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.5c0-3 2.4-4.7 5.5-4.7s5.5 1.7 5.5 4.7M13 3.8a3 3 0 0 1 0 5.4M15 12.3c1.9.6 3 2 3 4.2',
  search: 'm13 13 4 4M14.5 8.75a5.75 5.75 0 1 1-11.5 0 5.75 5.75 0 0 1 11.5 0Z',
  sort: 'm6 8 4-4 4 4M6 12l4 4 4-4',
} as const;

export type IconName = keyof typeof PATHS;

/** Says nothing to screen readers: the words stand beside it, or in the button's label. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg
      viewBox="0 0 20 20"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth={name === 'more' ? 2.6 : 1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
