import type { Category } from '../expenses/categories.ts';
import type { VisibleTeam } from '../teams/teams.ts';
import { formatDay, formatInstant } from '../web/clock.ts';
import { formatCount, formatPercent } from '../web/numbers.ts';
import { addressOf, fillPath, paths, teamPath } from '../web/paths.ts';
import { openQuestions } from './choices.ts';
import { countOf } from './counting.ts';
import type { Import } from './imports.ts';
import { NAMED_MISTAKES } from './outcome.ts';
import { describeDrafts, describeGood, describeIgnored, describeLeftOut } from './outcome-words.ts';
import { type ReadingFields, readingFields } from './reading-fields.ts';

export interface FileModel {
  readonly fileName: string;
  readonly teamLabel: string;
  readonly startHref: string;
  readonly mistake: string;
  /** Undefined unless something is under way. */
  readonly progress: { readonly says: string; readonly percent: string; readonly canEnd: boolean } | undefined;
  /** How it is read, while nothing has been written. */
  readonly reading:
    | {
        readonly action: string;
        readonly fields: ReadingFields;
        readonly columns: readonly { readonly heading: string; readonly examples: string }[];
        readonly open: readonly string[];
        readonly own: boolean;
        readonly again: boolean;
      }
    | undefined;
  /** What is in it, once it has been looked at. */
  readonly found: Found | undefined;
  readonly landed:
    | { readonly says: readonly string[]; readonly listHref: string; readonly drafts: string; readonly submitHref: string }
    | undefined;
  /** Why nothing came of it; empty where that is not so. */
  readonly ended: string;
  readonly endHref: string;
}

interface Found {
  readonly heading: string;
  readonly says: readonly string[];
  /** What whoever imports should know before; empty where there is nothing. */
  readonly warning: string;
  readonly mistakes: readonly { readonly where: string; readonly sentence: string }[];
  /** How many there are beside those that are named; empty where that is none. */
  readonly more: string;
  readonly landHref: string;
  /** Undefined where nothing can be imported. */
  readonly button: { readonly label: string; readonly rows: 'all' | 'good' } | undefined;
}

interface Around {
  /** The last time that the very same file came in. */
  readonly same: Import | undefined;
  readonly drafts: number;
  readonly categories: readonly Category[];
  readonly isUnderWay: boolean;
  readonly mistake: string;
}

/** One file: how it is read and what is in it, how far it is, or what came of it. */
export function fileModel(team: VisibleTeam, about: Import, around: Around): FileModel {
  const { isUnderWay, mistake } = around;
  const ids = { id: team.id, file: about.id };
  const isOpen = !isUnderWay && ['arrived', 'checked'].includes(about.state);
  return {
    fileName: about.file_name,
    teamLabel: team.label,
    startHref: fillPath(paths.teamImport, { id: team.id }),
    mistake,
    progress: isUnderWay ? progressOf(about, around.drafts) : undefined,
    reading: isOpen ? readingOf(team, about, around, fillPath(paths.teamImportReading, ids)) : undefined,
    found:
      isOpen && about.state === 'checked' ? foundOf(team, about, around.same, fillPath(paths.teamImportLanding, ids)) : undefined,
    landed: about.state === 'landed' && !isUnderWay ? landedOf(team, about, around.drafts) : undefined,
    ended: about.state === 'ended' ? about.outcome.why || 'Nothing of this file was imported.' : '',
    endHref: fillPath(paths.teamImportEnding, ids),
  };
}

function progressOf({ state, bytes_read: read, size }: Import, drafts: number): FileModel['progress'] {
  if (state === 'landed') return { says: `The drafts are being submitted; ${drafts} are left.`, percent: '', canEnd: false };
  const percent = size === 0 ? 0 : Math.min(99, Math.floor((read / size) * 100));
  const says = state === 'landing' ? 'The expenses are being imported' : 'The file is being read';
  return { says: `${says}: ${formatPercent(percent / 100)}.`, percent: String(percent), canEnd: true };
}

function readingOf(team: VisibleTeam, about: Import, { categories }: Around, action: string): FileModel['reading'] {
  const { choices } = about;
  if (choices === undefined) return undefined;
  const { reading, headings, examples } = choices;
  const names = reading.columns.map((_, index) => headings[index]?.trim() || `Column ${index + 1}`);
  return {
    action,
    fields: readingFields({ choices, kind: about.kind, team }, names, categories),
    columns: names.map((heading, index) => ({
      heading,
      examples: examples
        .map((cells) => cells[index] ?? '')
        .filter((cell) => cell !== '')
        .slice(0, 3)
        .join(' · '),
    })),
    open: openQuestions({ choices, kind: about.kind, team }),
    own: about.kind === 'own',
    again: choices.again,
  };
}

function foundOf(team: VisibleTeam, { outcome, kind }: Import, same: Import | undefined, landHref: string): Found {
  const { good, bad, broken, why } = outcome;
  const more = bad - outcome.mistakes.length;
  return {
    heading: broken
      ? 'This file cannot be imported like this'
      : good === 0
        ? 'There is nothing to import'
        : `${countOf(good, 'expense')} can be imported`,
    says: [
      ...(why === '' ? [] : [why]),
      ...(same === undefined ? [] : [`The very same file was imported on ${formatDay(same.begun_at)} by ${same.person_name}.`]),
      ...describeGood({ team, kind, outcome }),
      ...(kind === 'own' && good > 0 ? [describeDrafts(outcome)] : []),
      ...describeLeftOut(outcome),
    ],
    warning: describeIgnored({ team, kind, outcome }),
    mistakes: outcome.mistakes.map(({ line, column, sentence }) => ({
      where: column === 0 ? `Line ${line}` : `Line ${line}, column ${column}`,
      sentence,
    })),
    more: more > 0 && outcome.mistakes.length >= NAMED_MISTAKES ? `And ${countOf(more, 'more row')} with mistakes.` : '',
    landHref,
    button:
      broken || good === 0
        ? undefined
        : bad === 0
          ? { label: good === 1 ? 'Import it' : `Import all ${formatCount(good)}`, rows: 'all' }
          : {
              label: `Import only the ${countOf(good, 'good one')}, without the ${countOf(bad, 'row')} with mistakes`,
              rows: 'good',
            },
  };
}

function landedOf(team: VisibleTeam, about: Import, drafts: number): FileModel['landed'] {
  const { outcome, kind } = about;
  const ids = { id: team.id, file: about.id };
  return {
    says: [
      `${countOf(outcome.good, 'expense')} came from this file on ${formatInstant(about.begun_at)}.`,
      ...describeGood({ team, kind, outcome }),
      ...(outcome.bad === 0
        ? []
        : [`${countOf(outcome.bad, 'row')} with mistakes ${outcome.bad === 1 ? 'was' : 'were'} left out.`]),
    ],
    listHref: addressOf(teamPath(team.id), narrowedTo(about, drafts)),
    drafts:
      drafts === 0
        ? ''
        : `${formatCount(drafts)} of them ${drafts === 1 ? 'is' : 'are'} still a draft. Submitted are those that no limit has anything to say of; the others wait for you, and each page says why.`,
    submitHref: drafts === 0 ? '' : fillPath(paths.teamImportSubmission, ids),
  };
}

/** The list as far as it can be narrowed to what an import has brought: to its days, its state where it is one, and one's own. */
function narrowedTo({ outcome, kind, person_id: person }: Import, drafts: number): Readonly<Record<string, string>> {
  const [state = '', other] = Object.keys(outcome.byState);
  // One's own may have been submitted since.
  const isOneState = other === undefined && (kind === 'team' || drafts === outcome.good);
  return {
    ...(kind === 'own' && { person }),
    ...(isOneState && { state }),
    from: outcome.firstDay,
    to: outcome.lastDay,
  };
}
