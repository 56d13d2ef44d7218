import type { Database } from '../database/schema.ts';
import type { Category } from '../expenses/categories.ts';

/** Somebody who signs in here. */
export interface KnownSpender {
  readonly id: string;
  readonly name: string;
}

/**
 * Finds a category by its name or id, in capitals or not.
 * @param otherwise the id of the one for rows that name none of ours; empty where that is a mistake.
 * @param retired whether those that are no longer offered count: the past has them.
 */
export function categoryMatcher(
  categories: readonly Category[],
  otherwise: string,
  retired: boolean,
): (text: string) => { readonly id: string } | { readonly mistake: string } {
  const offered = categories.filter(({ retired_at }) => retired || retired_at === null);
  const byName = new Map(
    offered.flatMap(({ id, label }) => [
      [plain(id), id],
      [plain(label), id],
    ]),
  );
  return remembering((text) => {
    const id = byName.get(plain(text)) ?? otherwise;
    if (id !== '') return { id };
    const names = offered.map(({ label }) => label).join(', ');
    return { mistake: `${text === '' ? 'This' : `“${text.slice(0, 40)}”`} is no category here. There are: ${names}.` };
  });
}

/**
 * Finds somebody by their address, where the provider has verified it, or by a name that only one has; whoever is not found is
 * only a name.
 */
export async function spenderMatcher(db: Database): Promise<(text: string) => KnownSpender | undefined> {
  const rows = await db.selectFrom('person').select(['id', 'name', 'email', 'email_verified']).execute();
  const known = new Map<string, KnownSpender | undefined>();
  for (const { id, name, email, email_verified: verified } of rows) {
    const spender = { id, name: name ?? email ?? '' };
    const words = new Set([...(name === null ? [] : [plain(name)]), ...(email === null || verified === 0 ? [] : [plain(email)])]);
    // Of several with one name it is not known who is meant.
    for (const word of words) known.set(word, known.has(word) ? undefined : spender);
  }
  return remembering((text) => known.get(plain(text)));
}

/** How many answers are remembered; a file names the same few again and again. */
const REMEMBERED = 1_000;

function remembering<Answer>(ask: (text: string) => Answer): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    const before = answers.get(text);
    if (before !== undefined) return before;
    if (answers.size >= REMEMBERED) answers.clear();
    const answer = ask(text);
    answers.set(text, answer);
    return answer;
  };
}

function plain(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase();
}
