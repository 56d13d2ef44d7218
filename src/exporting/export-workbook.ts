import type { VisibleTeam } from '../teams/teams.ts';
import { zip, type ZipEntry } from '../web/zip.ts';
import { type Cell, columns, textCell } from './export-columns.ts';
import type { ExportAbout } from './export-filter.ts';
import type { Batches, ExportedExpense } from './export-rows.ts';
import { headingRow, lastParts, packageRelations, sheetEnd, sheetRow, sheetStart } from './workbook-parts.ts';

/** What one sheet may hold: rows (a program refuses more), and bytes, well below what the archive can say of one file. */
export interface SheetLimits {
  readonly rows: number;
  readonly bytes: number;
}

const usualLimits: SheetLimits = { rows: 1_048_576, bytes: 2 ** 31 };

/** A team's expenses as a workbook (XLSX), with a last sheet that says what they are; more than one sheet takes goes on in another. */
export async function* toWorkbook(
  team: VisibleTeam,
  batches: Batches,
  about: ExportAbout,
  limits = usualLimits,
): AsyncGenerator<Uint8Array, void> {
  try {
    yield* zip(partsOf(team, batches, about, limits), new Date(about.at));
  } finally {
    await batches.return();
  }
}

/** How far the expenses have been written. */
interface Progress {
  next: IteratorResult<readonly ExportedExpense[], void>;
  count: number;
}

async function* partsOf(
  team: VisibleTeam,
  batches: Batches,
  about: ExportAbout,
  limits: SheetLimits,
): AsyncGenerator<ZipEntry, void> {
  yield { name: '_rels/.rels', content: [Buffer.from(packageRelations)] };
  const progress = { next: await batches.next(), count: 0 };
  const sheets: string[] = [];
  const sheet = (name: string) => `xl/worksheets/sheet${sheets.push(name)}.xml`;
  do {
    const name = sheets.length === 0 ? 'Expenses' : `Expenses ${sheets.length + 1}`;
    yield { name: sheet(name), content: expenseSheet(team, batches, progress, limits) };
  } while (progress.next.done !== true);
  yield { name: sheet('About'), content: [Buffer.from(aboutSheet(team, about, progress.count))] };
  for (const { name, xml } of lastParts(sheets)) yield { name, content: [Buffer.from(xml)] };
}

async function* expenseSheet(
  team: VisibleTeam,
  batches: Batches,
  progress: Progress,
  limits: SheetLimits,
): AsyncGenerator<Buffer, void> {
  const start = sheetStart(
    columns.map(({ width }) => width),
    true,
  );
  let before =
    start +
    headingRow(
      1,
      columns.map(({ heading }) => heading),
    );
  let rows = 1;
  let bytes = 0;
  while (progress.next.done !== true) {
    const expenses = progress.next.value;
    const isFull = rows + expenses.length > limits.rows || bytes > limits.bytes;
    if (isFull && rows > 1) break;
    const written = expenses.map((expense) =>
      sheetRow(
        (rows += 1),
        columns.map(({ cell }) => cell(expense, team)),
      ),
    );
    const piece = Buffer.from(before + written.join(''));
    before = '';
    bytes += piece.length;
    progress.count += expenses.length;
    yield piece;
    progress.next = await batches.next();
  }
  yield Buffer.from(before + sheetEnd);
}

function aboutSheet(team: VisibleTeam, { narrowings, order, at, by }: ExportAbout, count: number): string {
  const rows: readonly (readonly [string, Cell])[] = [
    ['Team', textCell(team.label)],
    ...(narrowings.length === 0 ? [['Which', textCell('All that there are')] as const] : []),
    ...narrowings.map(({ name, value }) => [name, textCell(value)] as const),
    ['Order', textCell(order)],
    ['How many', { kind: 'number', digits: String(count) }],
    ['Saved at (UTC)', { kind: 'instant', at }],
    ['Saved by', textCell(by)],
  ];
  const written = rows.map(([name, cell], index) => sheetRow(index + 1, [textCell(name), cell]));
  return sheetStart([18, 60], false) + written.join('') + sheetEnd;
}
