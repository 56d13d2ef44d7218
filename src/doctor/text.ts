import type { Finding } from './finding.ts';

const marks = { wrong: 'WRONG', weak: 'WEAK', good: 'good' } as const;

/** Findings as they stand on a terminal: what is wrong first, and what is good in a line each. */
export function describeFindings(findings: readonly Finding[]): string {
  const lines = bySeverity(findings).map(({ kind, what, why, remedy }) => {
    if (kind === 'good') return `${marks.good.padEnd(6)}${what}${why === '' ? '' : ` ${why}`}`;
    const details = [why, remedy.say, ...remedy.paste.split('\n').map((line) => line && `    ${line}`), ...remedy.where];
    return [`${marks[kind].padEnd(6)}${what}`, ...details.filter((line) => line !== '').map((line) => `      ${line}`), ''].join(
      '\n',
    );
  });
  return [...lines, '', summary(findings)].join('\n');
}

/** What is wrong first, then what is weak; else in the order in which they were found. */
export function bySeverity(findings: readonly Finding[]): readonly Finding[] {
  const order = { wrong: 0, weak: 1, good: 2 } as const;
  return findings.toSorted((a, b) => order[a.kind] - order[b.kind]);
}

/** In one sentence. */
export function summary(findings: readonly Finding[]): string {
  const count = (kind: Finding['kind']) => findings.filter((finding) => finding.kind === kind).length;
  const [wrong, weak] = [count('wrong'), count('weak')];
  if (wrong + weak === 0) return 'All is well.';
  if (wrong === 0) return `Nothing is wrong; ${weak === 1 ? 'one thing' : `${weak} things`} could be better.`;
  return `${wrong === 1 ? 'One thing is' : `${wrong} things are`} wrong${weak === 0 ? '' : `, and ${weak} could be better`}.`;
}
