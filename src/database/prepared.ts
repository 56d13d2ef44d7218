import type { Compilable, CompiledQuery } from 'kysely';
import type { Database, Transaction } from './schema.ts';

/** Stands for a value while the query is built. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/**
 * For what every request asks: built and compiled when it is first asked of a database, and from then on only run, because building a
 * query takes several times as long as running one.
 * @param build what the query is. It must be the same query whatever the values are; it is given stand-ins for them, by name.
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
    }
    const parameters = compiled.parameters.map((value) =>
      value instanceof Placeholder ? values[value.name as keyof Asked] : value,
    );
    const { rows } = await db.executeQuery<Row>({ ...compiled, parameters });
    return rows;
  };
}
