import assert from 'node:assert/strict';
import type { Finding } from '../src/doctor/finding.ts';

export const baseUrl = 'http://localhost:3000';
/** What the doctor is told of Outlay itself. */
export const usual = { baseUrl, postLogoutUrl: baseUrl, clockTolerance: 30, revalidation: 3_600_000 };

/** Checks that are not good, as `kind check`. */
export const complaints = (findings: readonly Finding[]) =>
  findings.filter(({ kind }) => kind !== 'good').map(({ kind, check }) => `${kind} ${check}`);

/** Exactly this one finding is not good, and its remedy says that. */
export function assertOnly(findings: readonly Finding[], complaint: string, paste: RegExp | string, where?: RegExp): Finding {
  assert.deepEqual(complaints(findings), [complaint], JSON.stringify(findings, null, 1));
  const found = findings.find(({ kind }) => kind !== 'good') ?? assert.fail();
  if (typeof paste === 'string') assert.equal(found.remedy.paste, paste);
  else assert.match(found.remedy.paste, paste);
  if (where !== undefined) assert.match(found.remedy.where.join('\n'), where);
  assert.ok(found.why !== '' && found.remedy.say !== '');
  return found;
}
