import { hash } from 'node:crypto';
import type { Compilable, CompiledQuery } from 'kysely';
import { tell } from '../measured.ts';
import type { Database, Transaction } from './schema.ts';

/** Stands for a value while the query is built. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** What PostgreSQL calls each of them, by its text; in 43 characters, of which it takes 63. */
const names = new Map<string, string>();

/** @returns undefined for what is not prepared. */
export function preparedName(sql: string): string | undefined {
  return names.get(sql);
}

/** Rows of a query, at once. */
type ReadNow = (sql: string, parameters: readonly unknown[]) => unknown[];

const readers = new WeakMap<object, ReadNow>();

/** Has what is prepared read by this from now on, but within a transaction. */
export function readPreparedBy(db: Database, read: ReadNow): void {
  readers.set(db, read);
}

/**
 * For what every request asks: built and compiled when it is first asked of a database, and from then on only run, because building a
 * query takes several times as long as running one.
 * PostgreSQL parses and plans it once for each connection (docs/operations.md, for what stands between).
 * @param build what the query is, with every column by its name: what has been planned does not take another one. It must be the same query whatever the values are; it is given stand-ins for them, by name.
 */
export function prepared<Asked extends object, Row>(
  build: (db: Database | Transaction, values: Asked) => Compilable<Row>,
): (db: Database | Transaction, values: Asked) => Promise<Row[]> {
  const known = new WeakMap<object, CompiledQuery<Row>>();
  return async (db, values) => {
    let compiled = known.get(db);
    if (compiled === undefined) {
      const standIns = new Proxy({}, { get: (_, name) => new Placeholder(String(name)) });
      compiled = build(db, standIns as Asked).compile();
      known.set(db, compiled);
      names.set(compiled.sql, hash('sha256', compiled.sql, 'base64url'));
    }
    const parameters = compiled.parameters.map((value) =>
      value instanceof Placeholder ? values[value.name as keyof Asked] : value,
    );
    const read = readers.get(db);
    if (read === undefined) return (await db.executeQuery<Row>({ ...compiled, parameters })).rows;
    const { sql } = compiled;
    const began = performance.now();
    try {
      return read(sql, parameters) as Row[];
    } finally {
      tell('query', () => ({ seconds: (performance.now() - began) / 1_000, sql }));
    }
  };
}
