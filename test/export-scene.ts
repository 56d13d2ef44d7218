import type { Insertable } from 'kysely';
import type { Database, ExpenseTable } from '../src/database/schema.ts';
import type { ExportFormat } from '../src/exporting/export-formats.ts';
import { openExport } from '../src/exporting/export-rows.ts';
import { again, newPerson, newTeam, receipt } from './spending.ts';
import type { Viewer } from '../src/people/viewer.ts';
import type { VisibleTeam } from '../src/teams/teams.ts';
import { addMany } from './many-expenses.ts';

/** What somebody writes who has a go at whoever opens the file, for each place in which people write something. */
export const hostile = {
  label: '=HYPERLINK("https://evil.example";"Team")',
  spender_name: "  @SUM(1+1)*cmd|' /C calc'!A0",
  item: '＝1+1</t></is></c><c t="str"><f>1+1</f><v>x</v></c> <!-- & ]]> "quoted", and more',
  merchant: '"\u200B-2+3+cmd\u0001\u000B\u001B\u0085\uFFFE',
  note: 'line one\r\n=1+1\n\t;+2;"=3" _x0041_ 費用 😀 <script>alert(1)</script>\u2028end ',
  logged_by_name: '\t=1+1',
  rate_source: '-2+3',
  reference: '+49 30 123456;=1+1',
} as const;

export interface ExportScene {
  readonly team: VisibleTeam;
  readonly viewer: Viewer;
}

/** A team with one expense. */
export async function addScene(
  db: Database,
  currency: string,
  content: Partial<Insertable<ExpenseTable>>,
  label?: string,
): Promise<ExportScene> {
  const added = await newTeam(db, currency);
  if (label !== undefined) await db.updateTable('team').set({ label }).where('id', '=', added.id).execute();
  const team = { ...added, label: label ?? added.label };
  const viewer = await newPerson(db, 'Alice', { role: 'member', teamId: team.id });
  await addMany(db, team.id, [{ currency, ...content }]);
  return { team, viewer };
}

/** The same, with what is hostile in every place; two receipts have arrived, and of a third only a part. */
export async function addHostileScene(db: Database): Promise<ExportScene> {
  const { label, reference, ...texts } = hostile;
  const settlement = { id: 'settlement', reference, settled_by: 'somebody', settled_by_name: 'Fiona' };
  await db
    .insertInto('settlement')
    .values({ ...settlement, settled_at: '2026-05-01T00:00:00.000Z' })
    .execute();
  const paid = { currency: 'JPY', amount_minor: 12_345, rate: '0.002045', rate_on: '2026-03-31', team_amount_minor: 25_246 };
  const scene = await addScene(db, 'KWD', { ...texts, ...paid, settlement_id: settlement.id }, label);
  const { id } = await db.selectFrom('expense').select('id').where('team_id', '=', scene.team.id).executeTakeFirstOrThrow();
  const expense = await again(db, scene.viewer, id);
  await receipt(db, expense);
  await receipt(db, expense, { sha256: 'b'.repeat(64) });
  await receipt(db, expense, { sha256: null, size: null });
  return scene;
}

/** The whole file. */
export async function exportAs(format: ExportFormat | undefined, db: Database, { team, viewer }: ExportScene): Promise<Buffer> {
  if (format === undefined) throw new Error('There is no such format');
  const about = { narrowings: [], order: 'Newest first', at: '2026-11-24T10:20:30.000Z', by: hostile.spender_name };
  return Buffer.concat(await Array.fromAsync(format.write(team, await openExport(db, team, viewer, {}), about)));
}
