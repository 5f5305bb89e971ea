import type { ProblemCode } from '@latchkey/schemas';
import { standardSchemaResolver } from '@hookform/resolvers/standard-schema';
import { TRPCClientError } from '@trpc/client';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import {
  useForm,
  type DefaultValues,
  type FieldError,
  type FieldPath,
  type FieldValues,
  type UseFormReturn,
} from 'react-hook-form';
import type * as z from 'zod/mini';

import { failureOf, type Failure } from '../words/failure.ts';
import { FailureAlert } from './failure-alert.tsx';

export type CheckedForm<In extends FieldValues, Out> = UseFormReturn<In, unknown, Out> & {
  failure: Failure | null;
  setFailure: (failure: Failure | null) => void;
};

/** A form that is checked by the same schema as on the server: on the first send, then while mending. */
export function useCheckedForm<In extends FieldValues, Out>(
  schema: z.ZodMiniType<Out, In>,
  defaultValues: DefaultValues<In>,
): CheckedForm<In, Out> {
  const form = useForm<In, unknown, Out>({ resolver: standardSchemaResolver(schema), defaultValues });
  const [failure, setFailure] = useState<Failure | null>(null);
  return { ...form, failure, setFailure };
}

type Wired = { error: string | undefined } & ReturnType<UseFormReturn['register']>;

/** What a TextField, PasswordField or SelectField needs: `<TextField label="Name" {...field(form, 'name')} />`. */
export function field<In extends FieldValues, Out>(form: CheckedForm<In, Out>, name: FieldPath<In>): Wired {
  const { error } = form.getFieldState(name, form.formState);
  return { ...form.register(name), error: messageOf(error) };
}

/** Of a field that becomes a list, such as lines of text, the first issue of one of its parts. */
function messageOf(error: FieldError | undefined): string | undefined {
  if (!Array.isArray(error)) return error?.message;
  return (error as (FieldError | undefined)[]).find((part) => part?.message)?.message;
}

/** The server's issues go to their fields; what belongs to no field of this form stays in the alert. */
function showFailure<In extends FieldValues, Out>({ form, fieldOf }: FormProps<In, Out>, failure: Failure): void {
  const about = failure.code === 'unreachable' ? undefined : fieldOf?.[failure.code];
  if (about) return form.setError(about, { message: `${failure.what} ${failure.next}`.trim() }, { shouldFocus: true });
  const names = Object.keys(form.getValues());
  const [placed, loose] = [true, false].map((mine) =>
    failure.issues.filter(({ path }) => names.includes(path.split('.')[0] ?? '') === mine),
  );
  placed?.forEach(({ path, message }, place) => {
    form.setError(path.split('.')[0] as FieldPath<In>, { message }, { shouldFocus: place === 0 });
  });
  form.setFailure(failure.issues.length > 0 && loose?.length === 0 ? null : failure);
}

export type FormProps<In extends FieldValues, Out> = {
  form: CheckedForm<In, Out>;
  /** Throws what the server answers; the form shows it. */
  onSend: (values: Out) => Promise<void>;
  /** Problems that are about one field: `{ email_taken: 'email' }`. */
  fieldOf?: Partial<Record<ProblemCode, FieldPath<In>>>;
  className?: string;
  children: ReactNode;
};

/** Where its failure is shown is up to the form: put a FormAlert in it. */
export function Form<In extends FieldValues, Out>(props: FormProps<In, Out>): ReactNode {
  const { form, onSend, className, children } = props;
  const send = form.handleSubmit(async (values) => {
    form.setFailure(null);
    try {
      await onSend(values);
    } catch (error) {
      if (!(error instanceof TRPCClientError)) throw error;
      showFailure(props, failureOf(error));
    }
  });
  const sendOnce = (event: SyntheticEvent) => {
    // A form in a dialog is, for React, inside the page's own form.
    event.stopPropagation();
    event.preventDefault();
    if (!form.formState.isSubmitting) void send(event);
  };
  return (
    <form noValidate className={className} onSubmit={sendOnce}>
      {children}
    </form>
  );
}

/** The form's failure, which takes the focus when it appears. */
export function FormAlert<In extends FieldValues, Out>({ form }: { form: CheckedForm<In, Out> }): ReactNode {
  return form.failure && <FailureAlert failure={form.failure} />;
}
