import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Entry {
  readonly payload: AdapterPayload;
  /** Milliseconds since the epoch. */
  readonly ends: number;
}

/** More than anybody trying Outlay out needs; the oldest give way. */
const MAX_ENTRIES = 2_000;

/**
 * Where the demonstration provider keeps its sessions, codes and tokens: in memory, one shelf per kind, gone when it stops.
 * What belongs to somebody who has left is there no more.
 */
export class MemoryAdapter implements Adapter {
  readonly #entries = new Map<string, Entry>();
  readonly #hasLeft: (subject: string) => boolean;

  constructor(hasLeft: (subject: string) => boolean) {
    this.#hasLeft = hasLeft;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    this.#entries.delete(id);
    this.#entries.set(id, { payload, ends: Date.now() + (expiresIn ?? 86_400) * 1_000 });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MAX_ENTRIES) break;
      this.#entries.delete(oldest);
    }
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    const entry = this.#entries.get(id);
    return entry !== undefined && this.#counts(entry) ? entry.payload : undefined;
  }

  async findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#findBy((payload) => payload.uid === uid);
  }

  async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#findBy((payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.payload.consumed = Math.floor(Date.now() / 1_000);
  }

  async destroy(id: string): Promise<void> {
    this.#entries.delete(id);
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, { payload }] of this.#entries) if (payload.grantId === grantId) this.#entries.delete(id);
  }

  #findBy(matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined {
    return [...this.#entries.values()].find((entry) => this.#counts(entry) && matches(entry.payload))?.payload;
  }

  #counts({ ends, payload: { accountId } }: Entry): boolean {
    return ends > Date.now() && (accountId === undefined || !this.#hasLeft(accountId));
  }
}
