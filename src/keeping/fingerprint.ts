import { hash } from 'node:crypto';

export type Value = string | number | bigint | Uint8Array | null;
export type Row = Readonly<Record<string, Value>>;

/** How many rows a table has, and what they say: the same on both engines, in whichever order they are read. */
export interface TableFingerprint {
  readonly rows: number;
  /** 64 hexadecimal digits; of rows that are all different, as a table's are. */
  readonly checksum: string;
}

/** Takes up rows one by one. What is kept is the exclusive or of their SHA-256: no order, and no memory. */
export class Fingerprint {
  #rows = 0;
  readonly #sum = Buffer.alloc(32);

  add(row: Row): void {
    this.#rows += 1;
    const digest = hash('sha256', canonical(row), 'buffer');
    for (let at = 0; at < 32; at += 1) this.#sum[at] = (this.#sum[at] ?? 0) ^ (digest[at] ?? 0);
  }

  value(): TableFingerprint {
    return { rows: this.#rows, checksum: this.#sum.toString('hex') };
  }
}

/** A row as text of which no two rows have the same: columns by name, and each value with its kind and length. */
function canonical(row: Row): string {
  return Object.keys(row)
    .toSorted()
    .map((name) => `${name}=${say(row[name] ?? null)}`)
    .join(';');
}

function say(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint') return `number:${value}`;
  if (typeof value === 'string') return `text:${value.length}:${value}`;
  return `bytes:${value.byteLength}:${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')}`;
}
