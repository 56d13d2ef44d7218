import type { Config } from '../config.ts';
import { type BackupState, readBackupState } from '../keeping/kept-backups.ts';
import type { Clock } from '../web/clock.ts';
import { type Finding, good, shown, weak } from './finding.ts';

const HOUR = 60 * 60_000;
/** How long ago a rehearsal may be, in days: a program, a server and whoever has the key change meanwhile. */
const REHEARSED_WITHIN = 90;

/** What there is to say of the backups that Outlay makes by itself, by the names in their folder. */
export async function examineBackups(backups: Config['backups'], now: Clock): Promise<Finding[]> {
  if (backups === undefined) return [];
  const { folder, every } = backups;
  try {
    return judgeBackups(folder, every, await readBackupState(folder, now()), now());
  } catch {
    return [
      weak('backup', `The folder of backups cannot be read: "${shown(folder)}".`, {
        why: 'Whether there is a backup cannot be told, and probably none can be made.',
        say: 'Let the user that runs Outlay read and write there, or name another folder.',
        paste: 'BACKUP_FOLDER=/var/backups/outlay',
      }),
    ];
  }
}

/** @param every how often one is made, in milliseconds. */
export function judgeBackups(folder: string, every: number, { made, rehearsed }: BackupState, now: Date): Finding[] {
  const where = shown(folder);
  if (made === undefined) {
    return [
      weak('backup', `There is no whole backup in "${where}" yet.`, {
        why: 'What is lost now is lost. Outlay makes the first one as soon as it runs.',
        say: 'Look for backup-failed in the log, or make one by hand and see what it says.',
        paste: `npx outlay backup --to ${where}`,
      }),
    ];
  }
  const hours = Math.floor((now.getTime() - made.getTime()) / HOUR);
  const last =
    now.getTime() - made.getTime() > 2 * every
      ? weak('backup', `The last whole backup is ${hours} hours old, and there should be one every ${every / HOUR}.`, {
          why: 'Outlay did not run meanwhile, or its backups fail.',
          say: 'Look for backup-failed in the log, or make one by hand and see what it says.',
          paste: `npx outlay backup --to ${where}`,
        })
      : good('backup', `The last backup is of ${made.toISOString().slice(0, 16).replace('T', ' ')} UTC.`);
  return [last, judgeRehearsal(where, made, rehearsed, now)];
}

function judgeRehearsal(where: string, made: Date, rehearsed: Date | undefined, now: Date): Finding {
  const day = rehearsed?.toISOString().slice(0, 10);
  if (rehearsed !== undefined && now.getTime() - rehearsed.getTime() <= REHEARSED_WITHIN * 24 * HOUR)
    return good('backup-rehearsal', `That a backup can be restored was tried on ${day}.`);
  const name = `outlay-${made.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  return weak(
    'backup-rehearsal',
    day === undefined
      ? 'It was never tried whether a backup can be restored.'
      : `Whether a backup can be restored was last tried on ${day}.`,
    {
      why: 'A backup that nobody has restored is a hope: a key, a right or room may be missing on the day.',
      say: 'Rehearse one, here or on another machine; from there, bring rehearsal.json into the folder.',
      paste: `npx outlay restore --from ${where}/${name} --rehearse`,
    },
  );
}
