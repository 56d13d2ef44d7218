import { globSync, readFileSync } from 'node:fs';
import { faults } from '../hostile-provider/catalogue.ts';
import { variations } from '../hostile-provider/variations.ts';
import { duties } from './duties.ts';

/** The lines of docs/security.md between which the table stands. */
export const BEGIN = '<!-- The table below is written by `npm run requirements`. -->';
export const END = '<!-- The table above is written by `npm run requirements`. -->';

/** The duties that a test is named after; several where its name begins with several. */
export function dutiesOf(name: string): string[] {
  return /^(?:[A-Z]{3}-\d+ )+/.exec(name)?.[0].trim().split(' ') ?? [];
}

interface NamedTest {
  readonly name: string;
  readonly file: string;
}

/** The names in the test files that begin with a duty; what is filled in at run time is "…". */
export function listNamedTests(): NamedTest[] {
  const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts']).toSorted();
  return files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/(['"`])((?:[A-Z]{3}-\d+ )+(?:(?!\1).)+)\1/g)].map(([, , name = '']) => ({
      name: name.replace(/\$\{[^}]*\}/g, '…'),
      file: file.replaceAll('\\', '/'),
    })),
  );
}

/** Which tests hold which duty, as the table of docs/security.md. */
export function makeTable(): string {
  const tests = listNamedTests();
  const rows = Object.entries(duties).map(([id, duty]) => {
    const named = tests.filter(({ name }) => dutiesOf(name).includes(id));
    const byFile = Map.groupBy(named, ({ file }) => file);
    const cells = [...byFile].map(([file, found]) => `\`${file}\`${found.length > 1 ? ` (${found.length})` : ''}`);
    const provider = [...faults, ...variations].filter(({ requirement }) => requirement === id).map(({ name }) => `\`${name}\``);
    if (provider.length > 0) cells.push(`hostile provider: ${provider.join(', ')}`);
    return `| ${id} | ${duty} | ${cells.join('; ')} |`;
  });
  return ['| Duty | What it is | Tests |', '|---|---|---|', ...rows].join('\n');
}

/** docs/security.md with the table as it is now. */
export function withTable(document: string, table: string): string {
  const [before = '', rest = ''] = document.split(BEGIN);
  const [, after = ''] = rest.split(END);
  return `${before}${BEGIN}\n\n${table}\n\n${END}${after}`;
}
