import { samplePeople } from './organisation.ts';

/** Where the demonstration's data lies, and whether it goes when that stops. */
export interface DemoData {
  readonly database: string;
  readonly passing: boolean;
}

/** What a newcomer reads after `npm start`: where to go, whom to be, where things lie, and how to leave the demonstration. */
export function demoBanner(baseUrl: string, issuer: string, { database, passing }: DemoData): string {
  const width = Math.max(...samplePeople.map(({ claims }) => claims.name?.length ?? 0));
  const people = samplePeople.map(({ claims, sees }) => `    ${claims.name?.padEnd(width)}  ${sees}`);
  return `
  Outlay is ready: ${baseUrl}

  This is the demonstration: sample data, and anyone can sign in as anyone, from this machine only.
  Log in as one of

${people.join('\n')}

  Change what their provider says of them, or let them leave: ${issuer}/people
  Data lies in ${describe(database)}; ${passing ? 'it goes when this stops' : 'the next start finds it again'}.
  Your own provider: copy .env.example to .env, set OIDC_ISSUER, OIDC_CLIENT_ID and
  OIDC_CLIENT_SECRET there, and start again (README.md has the recipe for Okta).
  Ctrl+C stops it.
`;
}

/** A file by its path, a server by its address: user and password stay out. */
function describe(databaseUrl: string): string {
  if (databaseUrl.startsWith('sqlite:')) return databaseUrl.slice('sqlite:'.length);
  const { host, pathname } = new URL(databaseUrl);
  return `PostgreSQL at ${host}${pathname}`;
}
