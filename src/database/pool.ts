import { Client, type ClientConfig, DatabaseError, Pool, type PoolClient, type PoolConfig, type QueryConfig } from 'pg';
import { preparedName } from './prepared.ts';
import { unlessUnavailable } from './unavailable.ts';

/** How long to wait for a connection, new or free, in milliseconds: a page that gets none says so within five seconds. */
const CONNECT_TIMEOUT = 4_000;
/** After how long without an answer PostgreSQL is asked whether it is still there, and how long it may take to say so, in milliseconds. */
const PATIENCE = 2_000;
const SIGN_OF_LIFE_TIMEOUT = 2_000;

/** Whether PostgreSQL answers anybody at all. */
type IsThere = () => Promise<boolean>;

/**
 * Connections to one PostgreSQL, of which none waits for ever: a statement may take its time as long as PostgreSQL answers others;
 * where it does not, its connection is given up, with whatever transaction was open on it.
 */
export class WatchedPool extends Pool {
  constructor(config: PoolConfig) {
    const watched = {
      ...config,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      keepAlive: true,
      isThere: askedOnce(config),
      Client: WatchedClient,
    };
    // What `pg` makes clients with is the pool's own configuration; its types know neither.
    super(watched as unknown as PoolConfig);
  }

  override connect(...callback: unknown[]): never {
    const connect = super.connect as (...callback: unknown[]) => unknown;
    const connecting = connect.apply(this, callback);
    return (connecting instanceof Promise ? connecting.catch(rethrow) : connecting) as never;
  }
}

/** Gives those queries a name that are prepared: Kysely itself sends each of them as if it were the first. */
class WatchedClient extends Client {
  readonly #isThere: IsThere;

  constructor(config: ClientConfig & { readonly isThere: IsThere }) {
    super(config);
    this.#isThere = config.isThere;
  }

  override query(...asked: unknown[]): never {
    const [text, values] = asked;
    const name = typeof text === 'string' ? preparedName(text) : undefined;
    const query = super.query as (...asked: unknown[]) => unknown;
    const answer = name === undefined ? query.apply(this, asked) : query.call(this, { name, text, values } as QueryConfig);
    return (answer instanceof Promise ? this.#watch(answer) : answer) as never;
  }

  async #watch<Answer>(answer: Promise<Answer>): Promise<Answer> {
    let isOver = false;
    const look = async () => {
      const isThere = await this.#isThere();
      if (isOver) return;
      if (isThere) timer = setTimeout(look, PATIENCE);
      // Not the query alone: what it was part of would stay open on this connection, for whoever gets it next.
      else (this as unknown as PoolClient & Streaming).connection.stream.destroy(new Error('Connection terminated: no answer'));
    };
    let timer = setTimeout(look, PATIENCE);
    try {
      return await answer;
    } catch (error) {
      throw unlessUnavailable(error);
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  }
}

/** Of `pg`, but not in its types. */
interface Streaming {
  readonly connection: { readonly stream: { destroy(error: Error): void } };
}

/** Asks on a connection of its own, once for all who want to know at the same time. */
function askedOnce(config: PoolConfig): IsThere {
  let asking: Promise<boolean> | undefined;
  return () => {
    asking ??= isThere(config).finally(() => {
      asking = undefined;
    });
    return asking;
  };
}

async function isThere(config: PoolConfig): Promise<boolean> {
  const client = new Client({ ...config, connectionTimeoutMillis: SIGN_OF_LIFE_TIMEOUT });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch (error) {
    // A refusal is an answer, too: of whoever has all its connections in use, for example.
    return error instanceof DatabaseError;
  } finally {
    void client.end().catch(() => {});
  }
}

function rethrow(error: unknown): never {
  throw unlessUnavailable(error);
}
