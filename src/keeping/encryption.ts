import { hash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackupKeys } from '../config.ts';
import { Problem } from '../problems.ts';
import {
  assertRecipients,
  decryptFile,
  type Encrypted,
  encryptFile,
  hashOf,
  isLocked,
  lockKey,
  makeIdentity,
  readPieces,
  recipientOf,
  unlockKey,
} from './age.ts';
import { listBackups } from './kept-backups.ts';

/** In each backup that a passphrase opens: the identity that opens all the rest, under the passphrase. */
export const KEY_FILE = 'key.age';
/** The longest file with keys that is read, in bytes. */
const MAX_KEY_FILE = 65_536;

/** With what a backup is encrypted. */
export interface Encryption {
  readonly recipients: readonly string[];
  /** What opens it, where this machine can. */
  readonly identity: string | undefined;
  /** For `KEY_FILE`; undefined where there is no passphrase. */
  readonly lockedKey: Uint8Array | undefined;
}

/**
 * What these keys come to in a folder of backups. The key under the passphrase is that of the newest backup there, so that receipts are
 * kept once for all backups; a new one where there is none, or where the passphrase is another one now.
 * @throws Problem `invalid` for a recipient that is none.
 */
export async function openEncryption(folder: string, keys: BackupKeys): Promise<Encryption> {
  const { recipients, passphrase } = keys;
  await assertRecipients(recipients);
  if (passphrase === undefined) return { recipients, identity: undefined, lockedKey: undefined };
  const { identity, recipient, lockedKey } = (await findKey(folder, passphrase)) ?? (await makeKey(passphrase));
  return { recipients: [...recipients, recipient], identity, lockedKey };
}

async function makeKey(passphrase: string) {
  const made = await makeIdentity();
  return { ...made, lockedKey: await lockKey(`# public key: ${made.recipient}\n${made.identity}\n`, passphrase) };
}

async function findKey(folder: string, passphrase: string) {
  for (const name of await listBackups(folder)) {
    const lockedKey = await readKeyFile(join(folder, name, KEY_FILE)).catch(() => undefined);
    if (lockedKey === undefined) continue;
    const [identity] = identitiesIn((await unlockKey(lockedKey, passphrase)) ?? '');
    return identity === undefined ? undefined : { identity, recipient: await recipientOf(identity), lockedKey };
  }
  return undefined;
}

/** The folder of receipts beside the backups: one for each set of keys, so that whoever opens a backup opens its receipts, too. */
export function receiptsNameFor(recipients: readonly string[]): string {
  return `receipts-${hash('sha256', recipients.toSorted().join(' ')).slice(0, 16)}`;
}

/**
 * Encrypts a file, and looks whether what was written is what it should be: decrypted again where this machine can, else read again.
 * @throws Problem `unavailable` where it is not.
 */
export async function encryptAndCheck(from: string, to: string, { recipients, identity }: Encryption): Promise<Encrypted> {
  const done = await encryptFile(from, to, recipients);
  const isRight =
    identity === undefined
      ? (await hashOf(readPieces(to))) === done.encrypted
      : (await hashOf(decryptFile(to, [identity]))) === done.plain;
  if (isRight) return done;
  await rm(to, { force: true });
  throw new Problem('unavailable', `What was written to "${to}" is not what was to be written. Look at the disk.`);
}

/** What whoever restores has at hand. */
export interface OpenedWith {
  /** A file with an identity, as `age-keygen` makes it, in clear or under the passphrase. */
  readonly identityFile: string | undefined;
  readonly passphrase: string | undefined;
  /** Whether one in clear is refused: whoever may write where backups lie could put one of their own there. */
  readonly mustBeEncrypted?: boolean;
}

/**
 * The identities that open the backup in a folder: of the file that was named, or of the one under the passphrase that lies in it.
 * @throws Problem `invalid` where there are none, saying what to give.
 */
export async function identitiesFor(folder: string, recipients: readonly string[], given: OpenedWith): Promise<string[]> {
  const inside = join(folder, KEY_FILE);
  const byPassphrase = await stat(inside).then(
    () => true,
    () => false,
  );
  const file = given.identityFile ?? (byPassphrase && given.passphrase !== undefined ? inside : undefined);
  if (file === undefined) {
    const ways = byPassphrase ? 'Set BACKUP_PASSPHRASE_FILE, or name' : 'Name';
    throw new Problem(
      'invalid',
      `The backup "${folder}" is encrypted. ${ways} the file with the identity of ${recipients.join(' or ')} (--identity FILE).`,
    );
  }
  const content = await readKeyFile(file).catch((cause: unknown) => {
    throw new Problem('invalid', `The file "${file}" with the identity cannot be read.`, { cause });
  });
  const identities = identitiesIn(await inClear(file, content, given.passphrase));
  if (identities.length === 0)
    throw new Problem('invalid', `The file "${file}" has no identity in it, which begins with AGE-SECRET-KEY-.`);
  return identities;
}

async function inClear(file: string, content: Uint8Array, passphrase: string | undefined): Promise<string> {
  if (!isLocked(content)) return Buffer.from(content).toString('utf8');
  if (passphrase === undefined)
    throw new Problem('invalid', `The file "${file}" is under a passphrase. Set BACKUP_PASSPHRASE_FILE.`);
  const key = await unlockKey(content, passphrase);
  if (key === undefined) throw new Problem('invalid', `The passphrase does not open "${file}": it is another one.`);
  return key;
}

function identitiesIn(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('AGE-SECRET-KEY-'));
}

async function readKeyFile(file: string): Promise<Uint8Array> {
  const { size } = await stat(file);
  if (size > MAX_KEY_FILE) throw new Error('It is too long');
  return readFile(file);
}
