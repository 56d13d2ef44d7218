import type { ExpenseState } from '../database/schema.ts';
import { stateWords } from '../expenses/life.ts';

const known = new Map<string, ExpenseState>(
  (Object.entries(stateWords) as [ExpenseState, string][]).flatMap(([state, word]) => [
    [state, state],
    [word.toLowerCase(), state],
  ]),
);

/** The state that a cell names by its word or its name; undefined for an empty cell. */
export function stateNamed(cell: string): ExpenseState | 'unknown' | undefined {
  const word = cell.trim().toLowerCase();
  return word === '' ? undefined : (known.get(word) ?? 'unknown');
}

/** Those words, as a sentence lists them. */
export const stateList: string = Object.values(stateWords)
  .map((word) => `“${word}”`)
  .join(', ');
