import type { VisibleTeam } from '../teams/teams.ts';
import { type Cell, columns } from './export-columns.ts';
import type { Batches } from './export-rows.ts';

/** By it Excel knows that the file is UTF-8. */
export const BYTE_ORDER_MARK = '\uFEFF';

/** A team's expenses as CSV (RFC 4180), for people who open it in a program for sheets. */
export async function* toCsv(team: VisibleTeam, batches: Batches): AsyncGenerator<Buffer> {
  let before = BYTE_ORDER_MARK + csvLine(columns.map(({ heading }) => ({ kind: 'text', text: heading })));
  for await (const expenses of batches) {
    yield Buffer.from(before + expenses.map((expense) => csvLine(columns.map(({ cell }) => cell(expense, team)))).join(''));
    before = '';
  }
}

export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (cell === undefined) return '';
  if (cell.kind === 'text') return quoted(withoutFormulas(cell.text));
  if (cell.kind === 'number') return cell.digits;
  // As programs for sheets read it.
  return cell.kind === 'day' ? cell.day : cell.at.slice(0, 19).replace('T', ' ');
}

/** RFC 4180 §2, and what another reader may take for the end of a cell. */
function quoted(text: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Where a formula would begin: at the start of a cell, whatever of no weight stands before it; and, for a program that takes
 * another mark for the end of a cell than we do (half of Europe's Excels take ";"), after that mark.
 */
const formulaStart =
  /(?<=^|[;\t\n]|\r(?!\n))(?=[\s"'`\p{Cf}]*[=+\-@\u2212\uFF1D\uFF0B\uFF0D\uFF20\uFE62\uFE63\uFE66\uFE6B])|^(?=[\t\r\n])/gu;

/** So that no text is a formula to a program for sheets (OWASP, CSV injection): an apostrophe makes it text again. */
export function withoutFormulas(text: string): string {
  return text.replace(formulaStart, "'");
}
