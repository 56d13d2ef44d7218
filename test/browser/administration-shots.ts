import type { Page } from 'playwright-core';
import { randomUUIDv7 } from 'node:crypto';
import { linkPending } from '../../src/audit/linking.ts';
import { addExpense } from '../../src/expenses/expenses.ts';
import type { VisibleTeam } from '../../src/teams/teams.ts';
import { giveByHand, personId, ruleId } from '../walks/administration.ts';
import type { World } from '../world.ts';
import { type Shot, signInAs, visit } from './shots.ts';

const longWord = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';
const longName = `Wolfeschlegelsteinhausenbergerdorff ${'Hubert Blaine '.repeat(20)}`.slice(0, 200);
const longEmail = `${'long.local.part.'.repeat(4).slice(0, 63)}@${'sub-domain.'.repeat(20)}example.com`.slice(-250);
const longLabel = `${longWord} und ${longWord}`.slice(0, 100);

/** People of every kind, a team with a long name, and what they did: once, before the first picture. */
async function prepare(world: World): Promise<void> {
  const groups = Array.from({ length: 60 }, (_, index) => `CN=Group ${index},OU=Groups,DC=example,DC=com`);
  world.tell('nobody', { name: longName, email: longEmail, email_verified: true, groups, department: longWord });
  world.tell('alice', { groups: ['finance', 'travellers'], realm_access: { roles: ['approver'], [longWord]: [longWord] } });
  for (const name of [
    'nobody',
    'alice',
    'bob',
    'charlie',
    'mallory',
    'nameless',
    'markup',
    'manuel',
    'fiona',
    'audrey',
    'dana',
  ] as const)
    await world.signIn(name);
  await world.db.insertInto('team').values({ id: 'long', label: longLabel, currency: 'EUR' }).execute();
  const value = `${'CN=Everybody who may see it,'.repeat(8)}DC=example`;
  const rule = { id: randomUUIDv7(), claim: 'groups', value, role: 'member' as const, team_id: 'long' };
  await world.db.insertInto('rule').values(rule).execute();
  for (const team of ['long', 'marketing', 'empty'] as const)
    await giveByHand(world, await personId(world, 'nobody'), { role: 'manager', team_id: team });
  await giveByHand(world, await personId(world, 'alice'), { role: 'member', team_id: 'marketing' });
}

const person =
  (name: Parameters<typeof personId>[1], query = '') =>
  async (page: Page, world: World) =>
    page.goto(world.url(`/admin/people/${await personId(world, name)}${query}`));
const rule = (value: string) => async (page: Page, world: World) =>
  page.goto(world.url(`/admin/rules/${await ruleId(world, value)}`));
const press = async (page: Page, name: string | RegExp) => page.getByRole('main').getByRole('button', { name }).click();

/** Teams, people, rules and the audit record, as an admin and then as an auditor. */
export const administration: readonly Shot[] = [
  {
    name: 'admin-teams',
    reach: async (page, world) => {
      await prepare(world);
      await signInAs('Dana Dyer', '/admin/teams')(page, world);
      await page.getByRole('heading', { name: 'Teams' }).waitFor();
    },
  },
  { name: 'admin-teams-none-found', reach: visit('/admin/teams?q=treasury') },
  {
    name: 'admin-new-team-mistakes',
    reach: async (page, world) => {
      await page.goto(world.url('/admin/new-team'));
      await page.getByLabel('Currency').fill('euro');
      await page.getByLabel('Address').fill('Not an address!');
      await press(page, 'Create the team');
    },
  },
  { name: 'admin-team', reach: visit('/admin/teams/finance?done=team-changed') },
  { name: 'admin-team-long-name', reach: visit('/admin/teams/long') },
  {
    name: 'admin-team-currency-stays',
    reach: async (page, world) => {
      // Its first expense comes in while the form is open.
      const team = (await world.db
        .selectFrom('team')
        .selectAll()
        .where('id', '=', 'empty')
        .executeTakeFirstOrThrow()) as VisibleTeam;
      await page.goto(world.url('/admin/teams/empty'));
      const expense = { spenderName: 'Charlie Cook', item: 'Tea', amountMinor: 300, loggedAt: new Date() };
      await world.db.transaction().execute(async (transaction) => addExpense(transaction, team, expense));
      await page.getByLabel('Currency').fill('EUR');
      await press(page, 'Save');
    },
  },
  {
    name: 'admin-team-archived',
    reach: async (page, world) => {
      await page.goto(world.url('/admin/teams/empty'));
      await press(page, 'Archive the team');
    },
  },
  { name: 'admin-people', reach: visit('/admin/people') },
  { name: 'admin-people-none-found', reach: visit('/admin/people?q=somebody+else') },
  { name: 'admin-person', reach: person('alice', '?team=marketing') },
  { name: 'admin-person-why-not', reach: person('bob', '?team=marketing') },
  { name: 'admin-person-long-name', reach: person('nobody', '?team=finance') },
  { name: 'admin-person-nameless', reach: person('nameless') },
  {
    name: 'admin-person-no-team-chosen',
    reach: async (page, world) => {
      await person('bob')(page, world);
      await press(page, 'Give this role');
    },
  },
  {
    name: 'admin-person-disabled',
    reach: async (page, world) => {
      await person('charlie')(page, world);
      await press(page, /^Disable/);
    },
  },
  {
    name: 'admin-rule-preview-nobody',
    reach: async (page, world) => {
      await page.goto(world.url('/admin/new-rule'));
      await page.getByLabel('Value').fill('newcomers');
      await page.getByLabel('Team').selectOption('finance');
      await press(page, 'See what it would do');
    },
  },
  { name: 'admin-rules', reach: visit('/admin/rules?done=rule-added') },
  { name: 'admin-rules-none-found', reach: visit('/admin/rules?q=nothing') },
  { name: 'admin-new-rule', reach: visit('/admin/new-rule') },
  { name: 'admin-new-rule-mistakes', reach: (page) => press(page, 'See what it would do') },
  { name: 'admin-rule', reach: rule('bob@example.com') },
  {
    name: 'admin-rule-preview',
    reach: async (page) => {
      await page.getByLabel('How it is compared').selectOption('matches');
      await page.getByLabel('Value').fill('*e*@*example.com');
      await page.getByLabel('Team').selectOption('marketing');
      await press(page, 'See what it would do');
    },
  },
  {
    name: 'admin-rule-preview-stale',
    reach: async (page, world) => {
      await world.db.deleteFrom('rule').where('value', '=', 'booker@example.com').execute();
      await press(page, 'Save the change');
    },
  },
  {
    name: 'admin-rule-preview-removal',
    reach: async (page, world) => {
      await rule('manuel@example.com')(page, world);
      await press(page, 'See what removing it would do');
    },
  },
  {
    name: 'admin-last-admin',
    reach: async (page, world) => {
      await rule('dana@example.com')(page, world);
      await press(page, 'See what removing it would do');
      await press(page, 'Remove the rule');
    },
  },
  {
    name: 'admin-audit',
    reach: async (page, world) => {
      await linkPending(world.db);
      await page.goto(world.url('/admin/audit'));
    },
  },
  {
    name: 'admin-audit-filtered',
    reach: async (page, world) =>
      page.goto(world.url(`/admin/audit?person=${await personId(world, 'charlie')}&action=person-disabled&from=2026-01-01`)),
  },
  { name: 'admin-audit-nothing', reach: visit('/admin/audit?to=2020-01-01') },
  { name: 'admin-doctor', reach: visit('/admin/doctor') },
  {
    name: 'admin-profile-rights',
    reach: async (page, world) => {
      await signInAs('Alice Archer', '/profile')(page, world);
      await page.getByText('travellers').waitFor();
    },
  },
  {
    name: 'auditor-team',
    reach: async (page, world) => {
      await signInAs('Audrey Auditor', '/admin/teams/finance')(page, world);
      await page.getByRole('heading', { name: 'Finance' }).waitFor();
    },
  },
  { name: 'auditor-person', reach: person('alice') },
  { name: 'auditor-rule', reach: rule('bob@example.com') },
  { name: 'auditor-refused', reach: visit('/admin/new-rule') },
];
