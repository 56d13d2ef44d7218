import { join } from 'node:path';
import { type Begin, byAuthJsForm } from './signing-in.ts';

/** A program that is measured. */
export interface Subject {
  readonly id: string;
  readonly label: string;
  /** Below bench/. */
  readonly file: string;
  /** Where the provider leads back to; of those in which one signs in. */
  readonly callback: string;
  readonly begin?: Begin;
  /** The package whose version is named. */
  readonly package?: string;
}

/** The baseline, and what people would pick. */
export const peers: readonly Subject[] = [
  { id: 'tutorial', label: 'Tutorial (4 rows)', file: 'peers/tutorial.ts', callback: '/authorization-code/callback' },
  {
    id: 'passport-strategy',
    label: 'Passport strategy of openid-client',
    file: 'peers/passport-strategy.ts',
    callback: '/callback',
    package: 'openid-client',
  },
  {
    id: 'express-openid-connect',
    label: 'express-openid-connect',
    file: 'peers/express-openid-connect.ts',
    callback: '/callback',
    package: 'express-openid-connect',
  },
  {
    id: 'better-auth',
    label: 'better-auth, SQLite',
    file: 'peers/better-auth.ts',
    callback: '/api/auth/callback/bench',
    package: 'better-auth',
  },
  {
    id: 'auth-express',
    label: '@auth/express',
    file: 'peers/auth-express.ts',
    callback: '/auth/callback/bench',
    begin: byAuthJsForm,
    package: '@auth/express',
  },
];

/** Where a file of the benchmark is. */
export const benchFile = (file: string) => join(import.meta.dirname, '..', file);
