import type { Request } from 'express';
import { formatMoney } from '../expenses/money.ts';
import type { TeamEntry } from '../teams/team-changes.ts';
import { formatDay } from '../web/clock.ts';
import type { Field, Mistakes, Typed } from '../web/forms.ts';
import { formatCount } from '../web/numbers.ts';
import { fillPath, paths, teamPath } from '../web/paths.ts';
import { type Tab, tabsAt } from './frame.ts';
import { pageOf, type PagedModel } from './paging.ts';

export interface TeamsModel extends PagedModel {
  readonly tabs: readonly Tab[];
  readonly notice: string;
  readonly count: string;
  readonly teams: readonly {
    readonly label: string;
    readonly about: string;
    readonly href: string;
    readonly archived: boolean;
  }[];
  /** Empty for whoever may only read. */
  readonly newHref: string;
}

export interface TeamFormModel {
  readonly tabs: readonly Tab[];
  readonly notice: string;
  readonly heading: string;
  readonly backHref: string;
  readonly action: string;
  readonly submit: string;
  readonly fields: readonly Field[];
  /** Sent along as it is; empty for a team whose currency may still change. */
  readonly currency: string;
  /** The way to the team's own page; empty where there is no team yet. */
  readonly seeHref: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  readonly mayChange: boolean;
  /** Both empty where there is no team yet, or nothing may be changed. */
  readonly archiveHref: string;
  readonly restoreHref: string;
}

export function teamsModel(teams: readonly TeamEntry[], req: Request): Omit<TeamsModel, 'tabs' | 'notice' | 'newHref'> {
  const { shown, ...paged } = pageOf(teams, req, paths.adminTeams, 'Name or address');
  return {
    ...paged,
    count: teams.length === 1 ? '1 team' : `${formatCount(teams.length)} teams`,
    teams: shown.map((team) => ({
      label: team.label,
      about: [`/${team.id}`, team.currency, countOf(team.expenses)].join(' · '),
      href: fillPath(paths.adminTeam, { id: team.id }),
      archived: team.archived_at !== null,
    })),
  };
}

function countOf(expenses: number): string {
  return expenses === 1 ? '1 expense' : `${formatCount(expenses)} expenses`;
}

function fieldsOf(typed: Typed<'label' | 'currency'>, mistakes: Mistakes<'label' | 'currency'>): Field[] {
  return [
    {
      name: 'label',
      label: 'Name',
      value: typed.label,
      error: mistakes.label ?? '',
      hint: 'As people know it, such as “Dev Advocacy”.',
    },
    {
      name: 'currency',
      label: 'Currency',
      value: typed.currency,
      error: mistakes.currency ?? '',
      hint: 'Three letters, such as EUR. It stays once the team has its first expense.',
    },
  ];
}

export function newTeamModel(
  typed: Typed<'label' | 'currency' | 'id'>,
  mistakes: Mistakes<'label' | 'currency' | 'id'>,
): TeamFormModel {
  return {
    tabs: tabsAt(paths.adminTeams),
    notice: '',
    heading: 'New team',
    backHref: paths.adminTeams,
    action: paths.adminTeams,
    submit: 'Create the team',
    fields: [
      ...fieldsOf(typed, mistakes),
      {
        name: 'id',
        label: 'Address',
        value: typed.id,
        error: mistakes.id ?? '',
        hint: 'What stands behind /team/ in links to it, and stays. Left empty, it is made from the name.',
      },
    ],
    currency: '',
    seeHref: '',
    facts: [],
    mayChange: true,
    archiveHref: '',
    restoreHref: '',
  };
}

function secondField(value: string, error: string | undefined): Field {
  return {
    name: 'secondAbove',
    label: 'Second approval above',
    value,
    error: error ?? '',
    hint: 'In the team’s currency: above it a second, different person has to approve. Empty where one is always enough.',
    keys: 'decimal',
  };
}

function secondOf({ second_approval_above: above, currency }: TeamEntry): string {
  return above === null ? 'Never' : `Above ${formatMoney(above, currency)}`;
}

export function teamModel(
  team: TeamEntry,
  typed: Typed<'label' | 'currency' | 'secondAbove'>,
  mistakes: Mistakes<'label' | 'currency' | 'secondAbove'>,
  mayChange: boolean,
): TeamFormModel {
  const archived = team.archived_at !== null;
  // A form that was opened before the first expense may still ask for another currency.
  const currencyStays = team.expenses > 0 && typed.currency === team.currency;
  const id = { id: team.id };
  return {
    tabs: tabsAt(paths.adminTeams),
    notice: '',
    heading: team.label,
    backHref: paths.adminTeams,
    action: fillPath(paths.adminTeam, id),
    submit: 'Save',
    fields: mayChange
      ? [
          ...fieldsOf(typed, mistakes).filter(({ name }) => !(currencyStays && name === 'currency')),
          secondField(typed.secondAbove, mistakes.secondAbove),
        ]
      : [],
    currency: currencyStays ? team.currency : '',
    seeHref: teamPath(team.id),
    facts: [
      ...(mayChange && !currencyStays
        ? []
        : [{ name: 'Currency', value: mayChange ? `${team.currency}, which stays` : team.currency }]),
      ...(mayChange ? [] : [{ name: 'Second approval', value: secondOf(team) }]),
      { name: 'Spending', value: countOf(team.expenses) },
      ...(team.archived_at === null ? [] : [{ name: 'Archived', value: `since ${formatDay(team.archived_at)}` }]),
    ],
    mayChange,
    archiveHref: mayChange && !archived ? fillPath(paths.adminTeamArchiving, id) : '',
    restoreHref: mayChange && archived ? fillPath(paths.adminTeamRestoring, id) : '',
  };
}
