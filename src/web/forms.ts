import express, { type RequestHandler } from 'express';
import { z } from 'zod';
import { Problem } from '../problems.ts';
import { withoutUnseen } from './unseen.ts';

/** The longest form, in bytes. */
const LONGEST = 32 * 1024;

/**
 * Reads what a form of ours sends; no page has a longer one: 2,400 characters that each take nine in a form, or 50 that are
 * chosen at once, with what is said of them. In `app.ts`, once for all routes.
 */
export const formBody = formWithin(30_000);

/**
 * @param time for all of it, in milliseconds.
 * @throws Problem `too-slow` where it takes longer to arrive, `too-large` as soon as it is longer than any of ours.
 */
export function formWithin(time: number): RequestHandler {
  const read = express.urlencoded({ extended: false, limit: LONGEST, parameterLimit: 100 });
  return (req, res, next) => {
    if (req.method === 'GET') return next();
    let isOver = false;
    const over = (error?: unknown) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(late);
      next(error);
    };
    const late = setTimeout(
      () => over(new Problem('too-slow', 'This form took too long to arrive. Nothing was changed; try it once more.')),
      time,
    );
    const tooLarge = () => over(new Problem('too-large', 'This form is longer than any of Outlay’s. Nothing was changed.'));
    // Its parser says so only once all of it has arrived.
    const isForm = typeof req.is('urlencoded') === 'string';
    if (isForm && Number(req.headers['content-length']) > LONGEST) return tooLarge();
    read(req, res, over);
    if (!isForm) return;
    let received = 0;
    req.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > LONGEST) tooLarge();
    });
  };
}

/** A field as `field.ejs` and `select.ejs` show it: as it was typed, with what is wrong about it beside it. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  /** Empty where nothing is wrong. */
  readonly error: string;
  /** Empty where there is nothing to say. */
  readonly hint: string;
  /** Of one line of text unless said otherwise. */
  readonly type?: 'date';
  /** Which keys a phone shows. */
  readonly keys?: 'decimal' | 'numeric';
  /** What may be meant, beside anything else that somebody types. */
  readonly suggestions?: readonly string[];
}

/** A choice among a few, or among many. */
export interface SelectField extends Field {
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

export type Typed<Name extends string> = Readonly<Record<Name, string>>;
export type Mistakes<Name extends string> = Readonly<Partial<Record<Name, string>>>;

export type ReadForm<Schema extends z.ZodObject> =
  | { readonly values: z.output<Schema>; readonly typed: Typed<string & keyof Schema['shape']> }
  | { readonly mistakes: Mistakes<string & keyof Schema['shape']>; readonly typed: Typed<string & keyof Schema['shape']> };

/**
 * Reads a form by its schema, each field as one text.
 * @returns the values, or what is wrong with which field; and in any case what was typed, to be shown again.
 */
export function readForm<Schema extends z.ZodObject>(schema: Schema, body: unknown): ReadForm<Schema> {
  type Name = string & keyof Schema['shape'];
  const given = (body ?? {}) as Readonly<Record<string, unknown>>;
  const texts = Object.keys(schema.shape).map((name) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return [name, typeof value === 'string' ? value : ''] as const;
  });
  const typed = Object.fromEntries(texts) as Typed<Name>;
  const parsed = schema.safeParse(typed);
  if (parsed.success) return { values: parsed.data, typed };
  const mistakes = Object.fromEntries(parsed.error.issues.toReversed().map(({ path, message }) => [path[0], message]));
  return { mistakes: mistakes as Mistakes<Name>, typed };
}

/** One line as people type it: without control and direction marks, which could make it look like another one. */
export function asOneLine(text: string): string {
  return withoutUnseen(text, ' ').replace(/\s+/g, ' ').trim();
}

/** The same with line breaks. */
export function asSeveralLines(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => withoutUnseen(line, ' '))
    .join('\n')
    .trim();
}

/** @param max in characters. */
export function oneLine(max: number) {
  return bounded(asOneLine, max);
}

/** @param max in characters. */
export function severalLines(max: number) {
  return bounded(asSeveralLines, max);
}

function bounded(clean: (text: string) => string, max: number) {
  return z
    .string()
    .transform(clean)
    .refine((text) => text.length <= max, `This has ${max} characters at most.`)
    .refine((text) => text.isWellFormed(), 'This has characters in it that cannot be kept.');
}
