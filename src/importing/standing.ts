import type { ImportKind } from '../database/schema-imports.ts';
import type { IncomingExpense } from '../expenses/incoming.ts';
import type { Target } from '../spreadsheets/reading.ts';
import type { ImportedRow } from '../spreadsheets/row.ts';
import type { Choices } from './choices.ts';
import type { Importer } from './judge.ts';
import type { KnownSpender } from './matching.ts';

/** Who spent what is in a row, as it is said to whoever imports: they themselves, somebody who signs in here, or a name alone. */
export interface Whose {
  readonly name: string;
  readonly is: 'importer' | 'known' | 'named';
}

/** Whose a row becomes, and what was decided about it. */
export type Standing = Pick<
  IncomingExpense,
  'state' | 'spenderId' | 'spenderName' | 'loggedBy' | 'loggedByName' | 'decidedBy' | 'settledBy'
>;

type Stood =
  | { readonly standing: Standing; readonly whose: Whose }
  | { readonly mistake: { readonly target: Target; readonly sentence: string } };

interface StandingParts {
  readonly kind: ImportKind;
  readonly importer: Importer;
  readonly choices: Pick<Choices, 'state' | 'spender'>;
  readonly mayApprove: boolean;
  readonly spenderOf: (text: string) => KnownSpender | undefined;
}

/** A function that tells whose a row becomes and in which state, or what keeps it from being either. */
export function standingReader({
  kind,
  importer: { personId, name },
  choices,
  mayApprove,
  spenderOf,
}: StandingParts): (row: ImportedRow) => Stood {
  const wrong = (target: Target, sentence: string) => ({ mistake: { target, sentence } });
  const whoseIs = (text: string, known: KnownSpender | undefined): Whose => {
    if (known === undefined) return { name: text, is: 'named' };
    return { name: known.name, is: known.id === personId ? 'importer' : 'known' };
  };
  const loggedHere = { loggedBy: personId, loggedByName: name };
  const undecided = { decidedBy: null, settledBy: null };

  return (row) => {
    if (kind === 'own') {
      const whose: Whose = row.spender === '' ? { name, is: 'importer' } : whoseIs(row.spender, spenderOf(row.spender));
      return { whose, standing: { state: 'draft', spenderId: personId, spenderName: name, ...loggedHere, ...undecided } };
    }
    const state = row.state ?? choices.state;
    if (state === 'draft')
      return wrong('state', 'A draft is its own person’s business. Leave it out, or bring it in as waiting for approval.');
    if (state === 'approved' && !mayApprove)
      return wrong(
        'state',
        'Only a manager of the team can bring in what is approved and not paid back yet. Bring it in as waiting for approval.',
      );
    const text = row.spender === '' ? (choices.spender ?? '') : row.spender;
    if (text === '') return wrong('spender', 'Nobody is named here. Write who spent it, or say who it is where nobody is named.');
    const known = spenderOf(text);
    const whose = whoseIs(text, known);
    const spenderName = whose.name;
    if (state === 'submitted' || state === 'withdrawn') {
      // Whoever brings it in does not decide on it, either.
      return { whose, standing: { state, spenderId: known?.id ?? null, spenderName, ...loggedHere, ...undecided } };
    }
    if (known === undefined || known.id === personId) {
      // Nobody answers for what they spent themselves; that they brought it in is all that can be kept of them, and keeps them
      // from settling it.
      return { whose, standing: { state, spenderId: null, spenderName, ...loggedHere, ...undecided } };
    }
    // It was decided on elsewhere, and whoever brings it in answers for that; nobody decides on what they have logged.
    const settledBy = state === 'reimbursed' ? personId : null;
    const standing = {
      state,
      spenderId: known.id,
      spenderName,
      loggedBy: null,
      loggedByName: name,
      decidedBy: personId,
      settledBy,
    };
    return { whose, standing };
  };
}
