import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';

/** `keys` is one key, or two with a blank between: `c`, `g k`. */
export type Shortcut = { keys: string; words: string; act: () => void };

const STORED_AS = 'latchkey-shortcuts';
const SECOND_KEY_WITHIN_MS = 1200;

const shortcuts = new Map<string, Shortcut>();
const listeners = new Set<() => void>();
let listed: readonly Shortcut[] = [];
let first = { key: '', atMs: 0 };

function changed(): void {
  listed = [...shortcuts.values()];
  listeners.forEach((listener) => listener());
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const areOn = () => localStorage.getItem(STORED_AS) !== 'off';

/** Single letters are a trap for people who dictate or slip (WCAG 2.1.4), so they can be switched off. */
export function setShortcutsOn(on: boolean): void {
  if (on) localStorage.removeItem(STORED_AS);
  else localStorage.setItem(STORED_AS, 'off');
  changed();
}

export const useShortcutsOn = (): boolean => useSyncExternalStore(subscribe, areOn);
export const useShortcutList = (): readonly Shortcut[] => useSyncExternalStore(subscribe, () => listed);

/** Holds while the component is on the page. `act` may change from render to render. */
export function useShortcut(keys: string, words: string, act: () => void, on = true): void {
  const latest = useEffectEvent(act);
  useEffect(() => {
    if (!on) return;
    const own = { keys, words, act: () => latest() };
    shortcuts.set(keys, own);
    changed();
    return () => {
      if (shortcuts.get(keys) === own) shortcuts.delete(keys);
      changed();
    };
  }, [keys, words, on]);
}

const TYPING = 'input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]';
const LAYER = '[role=dialog], [role=alertdialog], [role=menu]';

function belongsElsewhere(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  const modified = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  return (
    modified || event.defaultPrevented || target?.closest(TYPING) != null || document.querySelector(LAYER) !== null
  );
}

function find(event: KeyboardEvent): Shortcut | undefined {
  const recent = event.timeStamp - first.atMs < SECOND_KEY_WITHIN_MS;
  const pair = recent ? shortcuts.get(`${first.key} ${event.key}`) : undefined;
  first = { key: pair ? '' : event.key, atMs: event.timeStamp };
  return pair ?? shortcuts.get(event.key);
}

export function listenForShortcuts(): void {
  document.addEventListener('keydown', (event) => {
    if (!areOn() || event.repeat || belongsElsewhere(event)) return;
    const shortcut = find(event);
    if (!shortcut) return;
    event.preventDefault();
    shortcut.act();
  });
}
