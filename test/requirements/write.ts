import { readFileSync, writeFileSync } from 'node:fs';
import { makeTable, withTable } from './table.ts';

/* `npm run requirements`: writes the table of duties and tests into docs/security.md. */
const file = new URL('../../docs/security.md', import.meta.url);
writeFileSync(file, withTable(readFileSync(file, 'utf8'), makeTable()));
