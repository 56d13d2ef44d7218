import type { Page } from 'playwright-core';
import { HttpBrowser } from '../http-browser.ts';
import { openHostileWorld } from '../hostile-provider/hostile-world.ts';
import type { World } from '../world.ts';
import { accountantShots } from './accountant-shots.ts';
import { importShots } from './import-shots.ts';
import { limitShots } from './limit-shots.ts';

/** A page in one of its states, as somebody reaches it; the next one goes on from there. */
export interface Shot {
  readonly name: string;
  readonly reach: (page: Page, world: World) => Promise<unknown>;
}

export const visit = (path: string) => (page: Page, world: World) => page.goto(world.url(path));

/** What somebody meets from the first visit to logging out, in that order and with one browser. */
export const journey = (person: string): readonly Shot[] => [
  { name: 'home-guest', reach: visit('/') },
  { name: 'styleguide', reach: visit('/styleguide') },
  { name: 'provider-choose', reach: visit('/login') },
  {
    name: 'dashboard',
    reach: async (page, world) => {
      await page.getByRole('button', { name: person }).click();
      await page.waitForURL(world.url('/dashboard'));
    },
  },
  { name: 'home', reach: visit('/') },
  { name: 'team-page', reach: visit('/team/finance') },
  { name: 'profile', reach: visit('/profile') },
  { name: 'not-found', reach: visit('/team/secret') },
  { name: 'provider-people', reach: (page, world) => page.goto(`${world.issuer}/people`) },
  {
    name: 'provider-people-saved',
    reach: async (page) => {
      const form = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Grace Li' }) });
      await form.getByLabel('One more group').fill('auditors');
      await form.getByLabel('This person has left').check();
      await form.getByRole('button', { name: 'Save' }).click();
      await form.getByText('Saved.').waitFor();
    },
  },
  { name: 'logout', reach: visit('/logout') },
  { name: 'provider-logout', reach: (page) => page.getByRole('main').getByRole('button', { name: 'Log out' }).click() },
];

/** The cast's hard cases: people without a team or a name, a team without expenses, a provider that is away. */
export const hardCases: readonly Shot[] = [
  {
    name: 'provider-away',
    reach: async (page, world) => {
      await world.stopProvider();
      await page.goto(world.url('/login'));
      await world.startProvider();
    },
  },
  { name: 'provider-expired', reach: (page, world) => page.goto(`${world.issuer}/interaction/unknown`) },
  { name: 'sign-in-failed', reach: visit('/authorization-code/callback?state=x&code=y') },
  {
    name: 'sign-in-cancelled',
    reach: async (page, world) => {
      await page.goto(world.url('/login'));
      await page.getByRole('button', { name: /cancel/i }).click();
    },
  },
  {
    name: 'provider-gone-midway',
    reach: async (page, world) => {
      const browser = new HttpBrowser();
      const callback = await world.walkToCallback('nobody', browser);
      const cookies = await browser.cookies.getCookies(world.url('/'));
      await page.context().addCookies(cookies.map(({ key, value }) => ({ name: key, value, url: world.url('/') })));
      await world.stopProvider();
      await page.goto(callback);
      await world.startProvider();
    },
  },
  {
    name: 'clocks-differ',
    reach: async (page, world) => {
      world.advance(-5 * 60_000);
      await signInAs('Nora Nobody', '/dashboard')(page, world);
      world.advance(5 * 60_000);
    },
  },
  {
    name: 'tile-asks-first',
    reach: (page, world) => page.goto(world.url(`/initiate-login?iss=${encodeURIComponent(world.issuer)}`)),
  },
  { name: 'tile-refused', reach: visit('/initiate-login?iss=https://other.example') },
  { name: 'dashboard-no-team', reach: signInAs('Nora Nobody', '/dashboard') },
  { name: 'signed-in-already', reach: visit('/authorization-code/callback?state=x&code=y') },
  {
    name: 'profile-two-sessions',
    reach: async (page, world) => {
      await world.signIn('nobody');
      await page.goto(world.url('/profile'));
    },
  },
  {
    name: 'sign-in-again',
    reach: async (page, world) => {
      world.advance(6 * 60_000);
      await page.getByRole('button', { name: 'End all other sessions' }).click();
    },
  },
  { name: 'profile-no-rights', reach: visit('/profile') },
  { name: 'dashboard-unverified', reach: signInAs('Mallory', '/dashboard') },
  { name: 'dashboard-nameless', reach: signInAs('Somebody without a name', '/dashboard') },
  { name: 'profile-nameless', reach: visit('/profile') },
  ...limitShots(signInAs),
  ...accountantShots(signInAs),
  ...importShots(signInAs),
  { name: 'team-empty', reach: signInAs('Charlie Cook', '/team/empty') },
  {
    name: 'something-went-wrong',
    reach: async (page, world) => {
      await world.db.schema.dropTable('team_total').execute();
      await page.goto(world.url('/team/empty'));
    },
  },
  {
    name: 'logged-out',
    reach: async (page, world) => {
      await page.context().clearCookies();
      await page.goto(world.url('/logout'));
    },
  },
  {
    name: 'end-there',
    reach: async (page) => {
      // At a provider of its own, whose ID Tokens are too long for an address.
      await using opened = await openHostileWorld({}, { endSession: true });
      opened.provider.behaviour = { claims: (claims) => ({ ...claims, groups: 'x'.repeat(4_000) }) };
      await page.goto(opened.world.url('/login'));
      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('button', { name: 'Log out there' }).waitFor();
    },
  },
];

export function signInAs(person: string, path: string) {
  return async (page: Page, world: World) => {
    await page.context().clearCookies();
    await page.goto(world.url(path));
    await page.getByRole('button', { name: person }).click();
    // Loaded to the end, or it would be looked at without its style sheet.
    await page.waitForURL((url) => url.origin === world.baseUrl);
  };
}
