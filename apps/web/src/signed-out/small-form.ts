import { TRPCClientError } from '@trpc/client';
import { useState, type SubmitEvent } from 'react';
import * as z from 'zod/mini';

import { failureOf, type Failure } from '../words/failure.ts';

export type SmallForm<Name extends string> = {
  errors: Partial<Record<Name, string>>;
  failure: Failure | null;
  pending: boolean;
  onSubmit: (event: SubmitEvent<HTMLFormElement>) => void;
};

type Issue = { path: string; message: string };

function errorsOf(issues: readonly Issue[]): Record<string, string> {
  return Object.fromEntries(issues.map(({ path, message }) => [path, message]).toReversed());
}

function focusFirst(form: HTMLFormElement, errors: Record<string, string>): void {
  const inputs = [...form.elements].filter((each) => each instanceof HTMLInputElement);
  inputs.find(({ name }) => name in errors)?.focus();
}

/**
 * A form of plain named inputs, checked by `schema` when it is sent. `send` ends by leaving the page, so the form stays
 * pending after it.
 */
export function useSmallForm<Values>(
  schema: z.ZodMiniType<Values>,
  send: (values: Values) => Promise<void>,
): SmallForm<Extract<keyof Values, string>> {
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState<Failure | null>(null);
  const [pending, setPending] = useState(false);

  const refuse = (form: HTMLFormElement, issues: readonly Issue[]) => {
    const found = errorsOf(issues.filter(({ path }) => form.elements.namedItem(path)));
    setErrors(found);
    focusFirst(form, found);
    return Object.keys(found).length > 0;
  };

  const attempt = async (form: HTMLFormElement, values: Values) => {
    setPending(true);
    try {
      await send(values);
    } catch (error) {
      if (!(error instanceof TRPCClientError)) throw error;
      const failed = failureOf(error);
      if (!refuse(form, failed.issues)) setFailure(failed);
      setPending(false);
    }
  };

  const onSubmit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const form = event.currentTarget;
    const checked = z.safeParse(schema, Object.fromEntries(new FormData(form)));
    setFailure(null);
    if (checked.success) {
      setErrors({});
      void attempt(form, checked.data);
    } else
      refuse(
        form,
        checked.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
      );
  };

  return { errors, failure, pending, onSubmit };
}
