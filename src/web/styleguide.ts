import express, { type Router } from 'express';
import { z } from 'zod';
import type { Field, SelectField } from './forms.ts';
import { onlyMethods } from './methods.ts';
import { compilePage, sendPage } from './page.ts';
import { paths } from './paths.ts';

interface StyleguideModel {
  readonly colours: readonly { readonly token: string; readonly about: string }[];
  readonly spaces: readonly string[];
  readonly states: readonly { readonly name: string; readonly label: string }[];
  readonly fields: {
    readonly usual: Field;
    readonly hint: Field;
    readonly error: Field;
    readonly day: Field;
    readonly choice: SelectField;
    readonly text: Field;
  };
  readonly tabs: { readonly label: string; readonly tabs: readonly { label: string; href: string; here: boolean }[] };
  readonly pager: { readonly firstHref: string; readonly first: string; readonly nextHref: string; readonly next: string };
  readonly search: { readonly action: string; readonly label: string; readonly value: string };
  readonly tables: readonly { readonly heading: string; readonly rows: readonly Row[] }[];
}

interface Row {
  readonly item: string;
  readonly amount: string;
}

const styleguidePage = compilePage<StyleguideModel>(new URL('styleguide.ejs', import.meta.url));

/** The parts that pages are made of, in every state, from the very templates and sheets that pages use. For whoever builds Outlay. */
export function styleguideRoutes(): Router {
  const router = express.Router();
  router
    .route(paths.styleguide)
    .get((req, res) => {
      const { rows } = asking.parse({ ...req.query });
      sendPage(res, styleguidePage, 'Styleguide', { ...model, tables: [...model.tables, ...many(rows)] });
    })
    .all(onlyMethods('GET'));
  return router;
}

/** Of the table that one asks for by its number of rows; as much as any list would show at once, and more. */
const asking = z.object({ rows: z.coerce.number().int().min(1).max(1_000).catch(50) });

function many(count: number): StyleguideModel['tables'] {
  const rows = Array.from({ length: count }, (_, index) => ({ item: `No. ${index + 1}`, amount: `€${index}.00` }));
  return [{ heading: `${count} rows`, rows }];
}

const field = (name: string, label: string, more: Partial<Field> = {}): Field => ({
  name,
  label,
  value: '',
  error: '',
  hint: '',
  ...more,
});

const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

const model: StyleguideModel = {
  colours: [
    { token: 'ink', about: 'Words' },
    { token: 'ink-soft', about: 'Words that come second' },
    { token: 'paper', about: 'Behind everything' },
    { token: 'sheet', about: 'Behind what belongs together' },
    { token: 'line', about: 'Between rows' },
    { token: 'line-strong', about: 'Around what one can use' },
    { token: 'accent', about: 'What one can do; what is good' },
    { token: 'accent-wash', about: 'Behind what is chosen' },
    { token: 'notice', about: 'Behind what to look at first' },
    { token: 'wrong', about: 'What is wrong' },
    { token: 'near', about: 'A budget nearly spent' },
    { token: 'over', about: 'A budget that is exceeded' },
    ...[1, 2, 3, 4, 5, 6].map((number) => ({ token: `series-${number}`, about: 'In charts, in this order' })),
  ],
  spaces: ['0.25rem', '0.5rem', '0.75rem', '1.25rem', '2.5rem'],
  states: [
    { name: 'draft', label: 'Draft' },
    { name: 'submitted', label: 'Waiting for approval' },
    { name: 'approved', label: 'Approved' },
    { name: 'rejected', label: 'Rejected' },
    { name: 'withdrawn', label: 'Withdrawn' },
    { name: 'reimbursed', label: 'Reimbursed' },
  ],
  fields: {
    usual: field('usual', 'What was it?', { value: 'Lunch with the customer' }),
    hint: field('hint', 'Amount, in EUR', { hint: 'Such as 1234.50.', keys: 'decimal' }),
    error: field('error', 'Merchant', { value: 'x'.repeat(40), error: 'This has 30 characters at most.' }),
    day: field('day', 'Day', { type: 'date', value: '2026-11-28' }),
    choice: {
      ...field('choice', 'Category', { value: 'meals' }),
      options: [
        { value: 'meals', label: 'Meals' },
        { value: 'travel', label: `Travel, and ${long}` },
      ],
    },
    text: field('text', 'Note', { value: 'Several lines,\nas long as one likes.' }),
  },
  tabs: {
    label: 'Tabs',
    tabs: ['Limits', 'Categories', 'Months'].map((label, index) => ({ label, href: paths.styleguide, here: index === 0 })),
  },
  pager: { firstHref: paths.styleguide, first: 'First page', nextHref: paths.styleguide, next: 'More expenses' },
  search: { action: paths.styleguide, label: 'Name or e-mail address', value: 'alice' },
  tables: [
    { heading: 'No rows', rows: [] },
    { heading: 'One row', rows: [{ item: 'Lunch', amount: '€12.50' }] },
    {
      heading: 'Long names, large amounts',
      rows: [
        { item: `${long} and ${long}`, amount: '€999,999,999,999.00' },
        { item: 'Taxi', amount: '€0.01' },
      ],
    },
  ],
};
