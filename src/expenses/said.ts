import { z } from 'zod';
import { type Field, type Mistakes, oneLine, readForm, severalLines, type Typed } from '../web/forms.ts';
import type { Transition } from './life.ts';

const form = z.object({ comment: severalLines(1_000), reference: oneLine(100) });
type FieldName = keyof typeof form.shape;

/** What somebody typed beside a decision, and what is wrong with it. */
export interface SaidInForm {
  readonly typed: Typed<FieldName>;
  readonly mistakes?: Mistakes<FieldName>;
}

export const nothingSaid: SaidInForm = { typed: { comment: '', reference: '' } };

/** Reads what is said with a transition: why, and by which reference it was paid. */
export function readSaid(
  body: unknown,
  transition: Transition,
): { readonly typed: Typed<FieldName> } & (
  | { readonly values: z.output<typeof form> }
  | { readonly mistakes: Mistakes<FieldName> }
) {
  const read = readForm(form, body);
  if (transition !== 'rejection' || !('values' in read) || read.values.comment !== '') return read;
  return { typed: read.typed, mistakes: { comment: 'Say why, so that it can be corrected.' } };
}

export function saidFields({ typed, mistakes = {} }: SaidInForm): Readonly<Record<FieldName, Field>> {
  const field = (name: FieldName, label: string, hint: string): Field => ({
    name,
    label,
    hint,
    value: typed[name],
    error: mistakes[name] ?? '',
  });
  return {
    comment: field('comment', 'Comment', 'A rejection needs a reason. Everybody who sees the expense can read it.'),
    reference: field('reference', 'Payment reference', 'What the payment is found by at the bank. May stay empty.'),
  };
}
