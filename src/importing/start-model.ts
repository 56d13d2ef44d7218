import type { ImportKind } from '../database/schema-imports.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatInstant } from '../web/clock.ts';
import { formatCount } from '../web/numbers.ts';
import { fillPath, paths, teamPath } from '../web/paths.ts';
import { countOf } from './counting.ts';
import type { Import } from './imports.ts';

export interface StartModel {
  readonly teamLabel: string;
  readonly backHref: string;
  readonly action: string;
  readonly mistake: string;
  readonly kinds: readonly { readonly value: ImportKind; readonly label: string; readonly hint: string }[];
  readonly largest: string;
  readonly past: readonly { readonly href: string; readonly name: string; readonly says: string }[];
}

const kindWords: Readonly<Record<ImportKind, { readonly label: string; readonly hint: string }>> = {
  own: { label: 'What I spent', hint: 'Each row becomes a draft of yours. You look through them and submit them.' },
  team: {
    label: 'What the team spent, kept elsewhere until now',
    hint: 'Rows come in as they were decided on there: paid back already, unless the file or you say otherwise.',
  },
};

/** Choosing a file. */
export function startModel(
  team: VisibleTeam,
  kinds: readonly ImportKind[],
  past: readonly Import[],
  maxSize: number,
  mistake: string,
): StartModel {
  return {
    teamLabel: team.label,
    backHref: teamPath(team.id),
    action: fillPath(paths.teamImport, { id: team.id }),
    mistake,
    kinds: kinds.map((value) => ({ value, ...kindWords[value] })),
    largest: `${formatCount(Math.floor(maxSize / 1_048_576))} MB`,
    past: past.map((one) => ({
      href: fillPath(paths.teamImportFile, { id: team.id, file: one.id }),
      name: one.file_name,
      says: `${formatInstant(one.begun_at)}: ${pastWords(one)}`,
    })),
  };
}

function pastWords({ state, outcome }: Import): string {
  if (state === 'landed') return `${countOf(outcome.good, 'expense')} imported.`;
  return state === 'landing' ? 'Being imported.' : 'Not imported yet.';
}
