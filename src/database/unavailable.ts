import { Problem } from '../problems.ts';

/** What the system says where nobody answers at the other end, or not any more. */
const SYSTEM = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/;
/** What PostgreSQL says (its manual, appendix A): lost connections, shutting down and starting up, too many connections. */
const POSTGRES_AWAY = /^(08...|57P0[1235]|53300)$/;
const POSTGRES_FULL = /^(53100|53200)$/;
const POSTGRES_READ_ONLY = '25006';
/** What `pg` says by itself, without a code. */
const DRIVER =
  /^(Connection terminated|timeout exceeded when trying to connect|Client (has encountered a connection error|was closed))/;
/** SQLite's result codes, without what stands above their lowest byte. */
const SQLITE_AWAY = [5, 6, 14];
const SQLITE_FULL = [10, 13];
const SQLITE_READ_ONLY = 8;

/**
 * What a driver throws where the database is away, full or may only be read, as a Problem that a person can be told; anything else as it
 * is. All of these pass, and none is a mistake of ours.
 */
export function unlessUnavailable(error: unknown): unknown {
  const kind = kindOf(error);
  if (kind === undefined) return error;
  const [reason, sentence] = told[kind];
  return new Problem('unavailable', sentence, { cause: error, reason, headers: { 'Retry-After': '10' } });
}

const told = {
  away: [
    'database-away',
    'Outlay’s database does not answer just now. Wait a moment and try again; if you were saving something, look first whether it is there.',
  ],
  full: [
    'database-full',
    'There is no room left where Outlay keeps its data, so nothing can be saved just now; what is there can still be read. ' +
      'Tell whoever runs Outlay.',
  ],
  readOnly: [
    'database-read-only',
    'Outlay’s data can only be read just now, so nothing was saved. Try again later, and tell whoever runs Outlay if it goes on.',
  ],
} as const;

function kindOf(error: unknown): keyof typeof told | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number') return kindOfSqlite(errcode & 0xff);
  if (typeof code !== 'string') return DRIVER.test(error.message) ? 'away' : undefined;
  if (POSTGRES_FULL.test(code)) return 'full';
  if (code === POSTGRES_READ_ONLY) return 'readOnly';
  return SYSTEM.test(code) || POSTGRES_AWAY.test(code) ? 'away' : undefined;
}

function kindOfSqlite(code: number): keyof typeof told | undefined {
  if (code === SQLITE_READ_ONLY) return 'readOnly';
  if (SQLITE_FULL.includes(code)) return 'full';
  return SQLITE_AWAY.includes(code) ? 'away' : undefined;
}
