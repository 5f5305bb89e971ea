import { useSyncExternalStore } from 'react';

/** theme-before-paint.js reads the same name. */
const STORED_AS = 'latchkey-theme';
const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const listeners = new Set<() => void>();

function readTheme(): Theme {
  return THEMES.find((each) => each === document.documentElement.dataset['theme']) ?? 'system';
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') {
    delete document.documentElement.dataset['theme'];
    localStorage.removeItem(STORED_AS);
  } else {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(STORED_AS, theme);
  }
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, readTheme);
