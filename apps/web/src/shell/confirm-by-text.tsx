import type { ReactNode } from 'react';
import * as z from 'zod/mini';

import { field, Form, FormAlert, useCheckedForm } from '../forms/form.tsx';
import { useMe } from '../rpc/me.tsx';
import { Button } from '../ui/button.tsx';
import { DialogActs, DialogBody } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { PasswordField } from '../ui/password-field.tsx';
import type { WayProps } from './confirm-way.ts';

const checked = z.object({ text: z.string().check(z.trim(), z.minLength(1, 'Fill this in.')) });

const WORDS = {
  password: 'You signed in a while ago. Enter your password, then this goes on by itself.',
  code: 'You signed in a while ago. Enter the code that your app shows, then this goes on by itself.',
};

type TextProps = WayProps & { way: 'password' | 'code' };

/** What is typed: the password, or a code of the app. */
export function ConfirmByText({ way, send, onLeave, onOtherWay }: TextProps): ReactNode {
  const me = useMe();
  const form = useCheckedForm(checked, { text: '' });
  const fieldOf = { sign_in_failed: 'text', second_factor_failed: 'text' } as const;
  const confirm = ({ text }: { text: string }) => send(way === 'password' ? { password: text } : { code: text });
  return (
    <Form form={form} onSend={confirm} className="dialog-form" fieldOf={fieldOf}>
      <DialogBody>
        <p className="soft">{WORDS[way]}</p>
        <FormAlert form={form} />
        {way === 'password' ? (
          <>
            <input
              className="visually-hidden"
              type="text"
              autoComplete="username"
              value={me.email ?? ''}
              readOnly
              tabIndex={-1}
              aria-hidden="true"
            />
            <PasswordField label="Password" autoComplete="current-password" {...field(form, 'text')} />
          </>
        ) : (
          <TextField
            label="Code"
            autoFocus
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            {...field(form, 'text')}
          />
        )}
      </DialogBody>
      <DialogActs>
        {onOtherWay && (
          <Button tone="quiet" onClick={onOtherWay}>
            Use another way
          </Button>
        )}
        <Button onClick={onLeave}>Cancel</Button>
        <Button type="submit" tone="primary" pending={form.formState.isSubmitting}>
          Confirm
        </Button>
      </DialogActs>
    </Form>
  );
}
