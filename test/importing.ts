import type { Database } from '../src/database/schema.ts';
import { importFile, type Imported, type ImportedFile } from '../src/importing/import-file.ts';
import { displayNameOf, type Viewer } from '../src/people/viewer.ts';
import type { VisibleTeam } from '../src/teams/teams.ts';

/** A file in memory, as `outlay import` brings one: the team's, and whatever is good of it. */
export async function bring(
  db: Database,
  team: VisibleTeam,
  viewer: Viewer,
  content: Uint8Array,
  said: Partial<ImportedFile> = {},
): Promise<Imported> {
  const importer = { personId: viewer.personId, name: displayNameOf(viewer), rights: viewer.rights };
  const file: ImportedFile = {
    name: 'file.csv',
    size: content.length,
    open: () => piecesOf(content),
    kind: 'team',
    look: false,
    onlyGood: false,
    reading: {},
    columns: new Map(),
    choices: {},
    progress: () => {},
    ...said,
  };
  return importFile(db, team, importer, file, () => new Date(), new AbortController().signal);
}

/** As a disk gives them. */
async function* piecesOf(content: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < content.length; start += 65_536) yield content.subarray(start, start + 65_536);
}
