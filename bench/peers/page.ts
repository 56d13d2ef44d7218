import express, { type Express, type Response } from 'express';

/*
 * What all the peers share: the page of a team's expenses out of memory, by EJS with a layout, as their guides have it. What differs is
 * how each knows who is asking. They are told what they need in the words of Outlay's own settings.
 */

/** A setting. @throws Error where it was not given. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

export const baseUrl = setting('APP_BASE_URL');
export const issuer = setting('OIDC_ISSUER');
export const clientId = setting('OIDC_CLIENT_ID');
export const clientSecret = setting('OIDC_CLIENT_SECRET');
export const sessionSecret = setting('SESSION_SECRET');

export interface Row {
  readonly name: string;
  readonly item: string;
  readonly day: string;
  readonly amount: number;
}

/** So many expenses, in memory. */
export function rowsInMemory(count: number): Row[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `Person ${index % 50}`,
    item: `Train to the customer, no. ${index}`,
    day: `2026-11-${String(28 - (index % 28)).padStart(2, '0')}`,
    amount: 12.5 + index,
  }));
}

/** An Express application with EJS, in the order of a guide. */
export function createPeer(): Express {
  const app = express();
  app.set('view engine', 'ejs').set('views', new URL('views', import.meta.url).pathname);
  return app;
}

export function sendTeam(res: Response, userName: string | undefined, rows: readonly Row[]): void {
  const total = rows.reduce((sum, { amount }) => sum + amount, 0);
  res.render('layout', { view: 'team', title: 'Large', user: userName ?? 'Somebody', rows, total });
}

/** Adds the page of whoever is signed out, behind all else, as guides have it. */
export function listen(app: Express): void {
  app.get('/', (_req, res) => res.render('layout', { view: 'home', title: 'Team expenses', user: undefined }));
  const port = Number(setting('PORT'));
  app.listen(port, 'localhost', () => console.log(`Ready: ${port}`));
}
