import * as fc from 'fast-check';

/** Stands behind each character that a page must not show as it came. */
export const MARK = 'q7z';
/** Sent wherever a secret goes: no line of the log may have it. */
export const SECRET = 'planted-secret-q7s';
/** Another site. */
export const ELSEWHERE = 'https://elsewhere-q7.example';

const markup = [
  `a<${MARK}>`,
  `a"${MARK}`,
  `a'${MARK}`,
  `a"><${MARK}>alert(1)</${MARK}>`,
  `</textarea><${MARK}>`,
  `</title><${MARK}>`,
  `--><${MARK}>`,
  `]]><${MARK}>`,
  `<%= 1 %><${MARK}>`,
  `&lt;${MARK}&#60;${MARK}`,
  `javascript:${MARK}()`,
];

const characters = [
  '\0',
  `a\0b`,
  '\u0001\u0008\u001B',
  '\r\nX-Q7z: 1\r\n\r\n',
  '\t\v\f',
  '\u0085\u2028\u2029',
  '\u202Eesrever',
  '\u2066\u2069\u200F',
  '\u200B\uFEFF',
  '\uD800',
  'a\uDFFFb',
  '\uFFFE\uFFFF',
  '\u{1F4B6}'.repeat(30),
  'e\u0301'.repeat(50),
  '\u212A\u0130\u0131\uFB01',
];

const names = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
  'null',
  'undefined',
];

const numbers = [
  '0',
  '-0',
  '-1',
  '0.001',
  '1e9',
  '1e400',
  'NaN',
  'Infinity',
  '0x10',
  '9007199254740991',
  '9007199254740992',
  '90071992547409.91',
  '90071992547409.92',
  '99999999999999999999999999',
  '1,5',
  '1.234,56',
  '٣٫٥',
  '１２',
  '2147483648',
  '-2147483649',
];

const days = [
  '2026-02-30',
  '0000-00-00',
  '9999-12-31',
  '-000001-01-01',
  '+275760-09-13',
  '2026-13',
  '0000-01',
  '9999-12',
  '2026-1-1',
  '20260101',
  '31.12.2026',
  '2026-01-01T00:00:00Z',
];

const languages = [
  `' or '1'='1`,
  `'; drop table expense; --`,
  '%',
  '_%_',
  '\\',
  `\\'`,
  '$1',
  '?',
  ':id',
  '@SUM(1)',
  '=1+1',
  '%s%n%x',
  '${7*7}',
  '{{7*7}}',
  '*',
  '***a***',
  '(a+)+$',
  '['.repeat(40),
  '/'.repeat(40),
  '..',
  '../../../../etc/passwd',
  '..\\..\\windows',
  'file:///etc/passwd',
  '//elsewhere-q7.example/',
  '/\\elsewhere-q7.example',
  ELSEWHERE,
  '[]',
  '{}',
  '{"a":1}',
  '""',
];

const long = [
  'x'.repeat(201),
  'ä'.repeat(501),
  'y'.repeat(2_500),
  '\u{1F600}'.repeat(1_100),
  ' '.repeat(3_000),
  'z'.repeat(40_000),
];

/** What a form of ours may well hold, so that it comes further than the first check. */
const plausible = [
  '',
  'on',
  '1',
  '12.50',
  '100000',
  'EUR',
  'USD',
  'JPY',
  'finance',
  'marketing',
  'meals',
  'travel',
  'draft',
  'submit',
  'submitted',
  'approved',
  'member',
  'manager',
  'admin',
  'groups',
  'email',
  'equals',
  'matches',
  'add',
  'remove',
  'change',
  'own',
  'team',
  'day',
  'month',
  'warn',
  'block',
  '2026-01-05',
  '2026-11-29',
  '2026-01',
  '2026-11',
  'alice@example.com',
  '/dashboard',
  'dark',
];

/** What is put into the fields, addresses and headers. */
export const values: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...plausible) },
  { weight: 4, arbitrary: fc.constantFrom(...markup) },
  { weight: 3, arbitrary: fc.constantFrom(...characters, ...names) },
  { weight: 4, arbitrary: fc.constantFrom(...numbers, ...days) },
  { weight: 3, arbitrary: fc.constantFrom(...languages) },
  { weight: 1, arbitrary: fc.constantFrom(...long) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.oneof(fc.integer(), fc.double(), fc.bigInt()).map(String) },
);

/** Pieces of addresses and forms that are sent as they are, and are no encoding of anything. */
export const brokenEncodings = [
  '%',
  '%z',
  '%zz',
  '%E0%A4%A',
  '%C0%AF',
  '%ED%A0%80',
  '%FF%FE',
  '%00',
  '%0d%0aX-Q7z:%201',
  '%252e%252e',
  '%2e%2e%2f',
  '%u0041',
];

/** As browsers do it; half a character becomes bytes that are none. */
export function encoded(text: string): string {
  return Array.from(text, (character) => (character.isWellFormed() ? encodeURIComponent(character) : '%ED%A0%80')).join('');
}
