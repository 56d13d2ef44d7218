import type { VisibleTeam } from '../teams/teams.ts';
import { addressOf, fillPath, paths } from '../web/paths.ts';
import { toCsv } from './export-csv.ts';
import { toJsonLines } from './export-json-lines.ts';
import type { ExportAbout } from './export-filter.ts';
import type { Batches } from './export-rows.ts';
import { toWorkbook } from './export-workbook.ts';
import { type Asked, withoutPlace } from '../expenses/filter-form.ts';

export interface ExportFormat {
  /** As people know it, and as the file's name ends. */
  readonly label: string;
  readonly extension: string;
  readonly path: string;
  readonly type: string;
  write(team: VisibleTeam, batches: Batches, about: ExportAbout): AsyncGenerator<Uint8Array>;
}

const WORKBOOK = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export const exportFormats: readonly ExportFormat[] = [
  { label: 'CSV', extension: 'csv', path: paths.teamCsv, type: 'text/csv; charset=utf-8; header=present', write: toCsv },
  { label: 'Excel', extension: 'xlsx', path: paths.teamWorkbook, type: WORKBOOK, write: toWorkbook },
  { label: 'JSON Lines', extension: 'jsonl', path: paths.teamJsonLines, type: 'application/jsonl', write: toJsonLines },
];

/** Where the list that is asked for is to be had as a file. */
export function exportLinks(team: VisibleTeam, asked: Asked): { readonly label: string; readonly href: string }[] {
  return exportFormats.map(({ label, path }) => ({
    label,
    href: addressOf(fillPath(path, { id: team.id }), withoutPlace(asked)),
  }));
}
