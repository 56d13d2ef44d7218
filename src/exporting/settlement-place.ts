import type { SettlementKey } from '../expenses/settlements.ts';

/** The place in the list of settlements that an address names; undefined is its beginning, and so is what nobody gave out. */
export function readPlace(after: unknown): SettlementKey | undefined {
  const [, at, id] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)_([\da-f-]{36})$/.exec(String(after)) ?? [];
  return at === undefined || id === undefined ? undefined : { settled_at: at, id };
}

/** As an address has it; empty for the beginning. */
export function formatPlace(key: SettlementKey | undefined): string {
  return key === undefined ? '' : `${key.settled_at}_${key.id}`;
}
