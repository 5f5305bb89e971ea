import { useEffect, useRef, useState, type ReactNode } from 'react';

import { Icon } from './icons.tsx';

const SETTLED_AFTER_MS = 200;

export type SearchFieldProps = {
  /** "Search name or owner": the placeholder and the field's name. */
  label: string;
  value: string;
  /** Called when typing rests. */
  onSearch: (text: string) => void;
};

/** The `/` shortcut finds it by its `data-search`. */
export function SearchField({ label, value, onSearch }: SearchFieldProps): ReactNode {
  const [text, setText] = useState(value);
  const sent = useRef(value);
  useEffect(() => {
    if (value !== sent.current) setText((sent.current = value));
  }, [value]);
  useEffect(() => {
    const settled = text.trim();
    if (settled === sent.current) return;
    const timer = setTimeout(() => onSearch((sent.current = settled)), SETTLED_AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, onSearch]);
  return (
    <search className="search control">
      <Icon name="search" size={18} />
      <input
        type="search"
        data-search=""
        aria-label={label}
        placeholder={label}
        maxLength={100}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      {text && (
        <button type="button" className="control-inside" aria-label="Clear the search" onClick={() => setText('')}>
          <Icon name="close" size={16} />
        </button>
      )}
    </search>
  );
}
