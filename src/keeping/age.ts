import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import type { Decrypter, Encrypter } from 'age-encryption';
import { Problem } from '../problems.ts';
import type { PassphraseWork } from './age-thread.ts';

/*
 * Files by age (https://age-encryption.org/v1), piece by piece: none is ever held whole. The library is loaded only where something is
 * encrypted.
 */

/** What every encrypted file begins with, and within how many bytes its header must end. */
const MAGIC = 'age-encryption.org/v1\n';
const MAX_HEADER = 65_536;

export interface NewIdentity {
  readonly identity: string;
  readonly recipient: string;
}

export async function makeIdentity(): Promise<NewIdentity> {
  const { generateX25519Identity, identityToRecipient } = await import('age-encryption');
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** @throws Problem `invalid` for what is no identity. */
export async function recipientOf(identity: string): Promise<string> {
  const { identityToRecipient } = await import('age-encryption');
  return identityToRecipient(identity).catch((cause: unknown) => {
    throw new Problem('invalid', 'This is no identity of age, which begins with AGE-SECRET-KEY-.', { cause });
  });
}

/** @throws Problem `invalid` for a public key that is misspelt, or of a kind that Outlay does not know. */
export async function assertRecipients(recipients: readonly string[]): Promise<void> {
  await encrypterFor(recipients);
}

async function encrypterFor(recipients: readonly string[]): Promise<Encrypter> {
  const age = await import('age-encryption');
  const encrypter = new age.Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      throw new Problem(
        'invalid',
        `BACKUP_RECIPIENT has "${recipient}" in it, which is no public key of age. Look for a typing mistake.`,
        {
          cause,
        },
      );
    }
  }
  return encrypter;
}

async function decrypterFor(identities: readonly string[]): Promise<Decrypter> {
  const age = await import('age-encryption');
  const decrypter = new age.Decrypter();
  for (const identity of identities) {
    // Throws for one that is misspelt.
    await recipientOf(identity);
    decrypter.addIdentity(identity);
  }
  return decrypter;
}

/** How long a file of so many bytes is once it is encrypted. */
export async function sizesFor(recipients: readonly string[]): Promise<(plain: number) => number> {
  const encrypter = await encrypterFor(recipients);
  const empty = await encrypter.encrypt(ReadableStream.from<Uint8Array>([]));
  await empty.cancel();
  return (plain) => empty.size(plain);
}

/** SHA-256 of a file, before and after. */
export interface Encrypted {
  readonly plain: string;
  readonly encrypted: string;
}

/** Encrypts a file into another one, readable by its owner only, and forced to the disk. */
export async function encryptFile(from: string, to: string, recipients: readonly string[]): Promise<Encrypted> {
  const encrypter = await encrypterFor(recipients);
  const [plain, encrypted] = [createHash('sha256'), createHash('sha256')];
  const sent = await encrypter.encrypt(ReadableStream.from(hashed(readPieces(from), plain)));
  await pipeline(hashed(sent, encrypted), createWriteStream(to, { mode: 0o600, flags: 'wx', flush: true }));
  return { plain: plain.digest('hex'), encrypted: encrypted.digest('hex') };
}

/**
 * A file's content in clear, piece by piece; each is what was encrypted, and that the last one has come only its end says.
 * @throws Problem `invalid` where none of these opens it, where it is no encrypted file, and where it was changed or cut short.
 */
export async function* decryptFile(file: string, identities: readonly string[]): AsyncGenerator<Uint8Array> {
  await assertEncrypted(file);
  const decrypter = await decrypterFor(identities);
  try {
    yield* await decrypter.decrypt(ReadableStream.from(readPieces(file)));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== undefined) throw cause;
    const noMatch = cause instanceof Error && cause.message.startsWith('no identity matched');
    throw new Problem(
      'invalid',
      noMatch
        ? `The key that was given does not open "${file}": it was encrypted for another one.`
        : `"${file}" was changed since it was encrypted, or is damaged.`,
      { cause },
    );
  }
}

/** The library looks for the end of a header however long that takes. */
async function assertEncrypted(file: string): Promise<void> {
  const begin = await readBegin(file);
  if (!begin.startsWith(MAGIC) || !begin.includes('\n--- ')) throw new Problem('invalid', `"${file}" is not encrypted by age.`);
}

async function readBegin(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(MAX_HEADER), position: 0 });
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A key under a passphrase, as `age -p` makes it. */
export async function lockKey(key: string, passphrase: string): Promise<Uint8Array> {
  return (await underPassphrase({ passphrase, content: key })) as Uint8Array;
}

/** @returns undefined where the passphrase does not open it. */
export async function unlockKey(locked: Uint8Array, passphrase: string): Promise<string | undefined> {
  return (await underPassphrase({ passphrase, content: locked })) as string | undefined;
}

export function isLocked(content: Uint8Array): boolean {
  return Buffer.from(content.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

/** What a passphrase opens takes seconds and a quarter of a gigabyte, on purpose: in a thread of its own nobody waits for it. */
async function underPassphrase(work: PassphraseWork): Promise<unknown> {
  const worker = new Worker(new URL('age-thread.ts', import.meta.url), { workerData: work, execArgv: [] });
  const [answer] = (await once(worker, 'message')) as [unknown];
  await worker.terminate();
  return answer;
}

/** Passes on what goes by, and takes up its hash. */
export async function* hashed(pieces: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

export async function hashOf(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of pieces) hash.update(piece);
  return hash.digest('hex');
}

export function readPieces(file: string): AsyncIterable<Uint8Array> {
  return createReadStream(file) as AsyncIterable<Uint8Array>;
}
