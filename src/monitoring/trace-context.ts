import type { TracesConfig } from '../config-traces.ts';
import { randomBytes } from '../web/random.ts';

/** Who asked us, as they say it (W3C Trace Context §3.2). */
export interface Caller {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
}

/** @returns undefined for anything that is not exactly a `traceparent` of version 00. */
export function readCaller(traceparent: string | undefined): Caller | undefined {
  const found = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '');
  if (found === null) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = found;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export const newTraceId = () => randomBytes(16).toString('hex');
export const newSpanId = () => randomBytes(8).toString('hex');

/** Decides by the id alone, so that everybody who is part of a trace decides alike; or as the caller has. */
export function isSampled({ parentBased, ratio }: TracesConfig['sampler'], traceId: string, caller: Caller | undefined): boolean {
  if (parentBased && caller !== undefined) return caller.sampled;
  // Its last 52 bits are random (W3C Trace Context §3.2.2.3), and as many as a number holds.
  return Number.parseInt(traceId.slice(-13), 16) < ratio * 2 ** 52;
}
