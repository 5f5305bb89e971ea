import { useEffect, useState, type InputEvent, type ReactNode } from 'react';

import type { Strength } from '../words/password-strength.ts';
import type { TextFieldProps } from './field.tsx';
import { PasswordField } from './password-field.tsx';

const WORDS: Record<Strength, string> = {
  0: 'Guessed at once. Add two or three words.',
  1: 'Easily guessed. Add another word or two.',
  2: 'Could be guessed. Add another word.',
  3: 'Hard to guess.',
  4: 'Very hard to guess.',
};

/** The judge weighs more than the page, so it comes when somebody begins to choose. */
function useStrength(password: string): Strength | null {
  const [strength, setStrength] = useState<Strength | null>(null);
  useEffect(() => {
    let isLatest = true;
    const judge = async () => {
      const { strengthOf } = await import('../words/password-strength.ts');
      if (isLatest) setStrength(strengthOf(password));
    };
    void judge();
    return () => {
      isLatest = false;
    };
  }, [password]);
  return strength;
}

function StrengthMeter({ password }: { password: string }): ReactNode {
  const strength = useStrength(password);
  return (
    <div className="strength" data-strength={strength ?? undefined}>
      <span className="strength-bar" aria-hidden="true" />
      <span className="field-hint" role="status">
        {strength === null ? '' : WORDS[strength]}
      </span>
    </div>
  );
}

/** For a password that is being chosen: helps, and refuses nothing. */
export function NewPasswordField(props: Omit<TextFieldProps, 'type' | 'autoComplete' | 'hint' | 'onInput'>): ReactNode {
  const [password, setPassword] = useState('');
  return (
    <div className="stack" data-gap="small">
      <PasswordField
        autoComplete="new-password"
        hint="At least 8 characters. A few words in a row are easy to remember and hard to guess."
        {...props}
        onInput={(event: InputEvent<HTMLInputElement>) => setPassword(event.currentTarget.value)}
      />
      {password !== '' && <StrengthMeter password={password} />}
    </div>
  );
}
