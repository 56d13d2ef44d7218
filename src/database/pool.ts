import { Client, type ClientConfig, DatabaseError, Pool, type PoolClient, type PoolConfig, type QueryConfig } from 'pg';
import { preparedName } from './prepared.ts';
import { unlessUnavailable } from './unavailable.ts';

/** How long to wait for a connection, new or free, in milliseconds: a page that gets none says so within five seconds. */
const CONNECT_TIMEOUT = 4_000;
/** After how long without an answer PostgreSQL is asked whether it is still there, and how long it may take to say so, in milliseconds. */
const PATIENCE = 1_500;
const SIGN_OF_LIFE_TIMEOUT = 1_500;
/**
 * For how long nobody tries anew once PostgreSQL did not answer, in milliseconds: whatever is to be cleared up after a failure would wait
 * as long as that has waited, once more.
 */
const KNOWN_AWAY = 2_000;

/**
 * Connections to one PostgreSQL, of which none waits for ever: a statement may take its time as long as PostgreSQL answers others;
 * where it does not, its connection is given up, with whatever transaction was open on it.
 */
export class WatchedPool extends Pool {
  readonly #signs: SignsOfLife;

  constructor(config: PoolConfig) {
    const signs = new SignsOfLife(config);
    const watched = { ...config, connectionTimeoutMillis: CONNECT_TIMEOUT, keepAlive: true, signs, Client: WatchedClient };
    // What `pg` makes clients with is the pool's own configuration; its types know neither.
    super(watched as unknown as PoolConfig);
    this.#signs = signs;
  }

  override connect(...callback: unknown[]): never {
    const connect = super.connect as (...callback: unknown[]) => unknown;
    return (callback.length > 0 ? connect.apply(this, callback) : this.#watch(() => connect.call(this))) as never;
  }

  async #watch(connect: () => unknown): Promise<unknown> {
    if (this.#signs.areKnownMissing()) throw unlessUnavailable(noAnswer());
    // So that it is known by the time this one gives up.
    const timer = setTimeout(() => void this.#signs.ask(), PATIENCE);
    try {
      return await connect();
    } catch (error) {
      throw unlessUnavailable(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Gives those queries a name that are prepared: Kysely itself sends each of them as if it were the first. */
class WatchedClient extends Client {
  readonly #signs: SignsOfLife;

  constructor(config: ClientConfig & { readonly signs: SignsOfLife }) {
    super(config);
    this.#signs = config.signs;
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
      const isThere = await this.#signs.ask();
      if (isOver) return;
      if (isThere) timer = setTimeout(look, PATIENCE);
      // Not the query alone: what it was part of would stay open on this connection, for whoever gets it next.
      else (this as unknown as PoolClient & Streaming).connection.stream.destroy(noAnswer());
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

/** In the words of `pg` for a connection that has gone. */
function noAnswer(): Error {
  return new Error('Connection terminated: PostgreSQL does not answer');
}

/** Whether PostgreSQL answers anybody at all: asked on a connection of its own, once for all who want to know at the same time. */
class SignsOfLife {
  readonly #config: PoolConfig;
  #asking: Promise<boolean> | undefined;
  #missingSince = -Infinity;

  constructor(config: PoolConfig) {
    this.#config = config;
  }

  ask(): Promise<boolean> {
    this.#asking ??= isThere(this.#config).then((answers) => {
      this.#asking = undefined;
      this.#missingSince = answers ? -Infinity : performance.now();
      return answers;
    });
    return this.#asking;
  }

  areKnownMissing(): boolean {
    return performance.now() - this.#missingSince < KNOWN_AWAY;
  }
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
