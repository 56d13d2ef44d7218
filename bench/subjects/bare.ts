import { readFileSync } from 'node:fs';

/*
 * The limits: what nobody can be quicker than. They send the very bytes of Outlay's answer, head and body, to whoever asks for
 * anything.
 */

interface Captured {
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

const { BENCH_ANSWER = '', PORT } = process.env;
const captured = JSON.parse(readFileSync(BENCH_ANSWER, 'utf8')) as Captured;
export const { headers } = captured;
export const body = Buffer.from(captured.body);
export const port = Number(PORT);
