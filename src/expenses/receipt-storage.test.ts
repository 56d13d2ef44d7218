import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import * as fc from 'fast-check';
import { describeOnBothEngines } from '../../test/databases.ts';
import { type FreshDatabase, openFreshDatabase } from '../../test/fresh-database.ts';
import { Problem } from '../problems.ts';
import { addTeam } from '../teams/teams.ts';
import { inPieces } from '../web/pieces.ts';
import { addExpense } from './expenses.ts';
import { openReceiptFolder } from './receipt-folder.ts';
import { openReceiptStorages, readContent } from './receipt-places.ts';
import { PIECE_SIZE, type ReceiptStorage } from './receipt-storage.ts';

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let start = 0, turn = 0; start < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}

async function readAll(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(pieces));
}

/** What every place must do, whichever it is. */
function behavesAsAStorage(storage: () => ReceiptStorage, newId: () => Promise<string>): void {
  it('gives back what was put in, byte for byte, however it came', async () => {
    const contents = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
      fc.constantFrom(PIECE_SIZE - 1, PIECE_SIZE, PIECE_SIZE + 1, 3 * PIECE_SIZE).map((size) => randomBytes(size)),
    );
    const sizes = fc.array(fc.constantFrom(997, 65_536, PIECE_SIZE, PIECE_SIZE + 1, 10 ** 7), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(contents, sizes, async (bytes, chunks) => {
        const id = await newId();
        await storage().write(id, inPieces(chunksOf(bytes, chunks), PIECE_SIZE));
        assert.ok((await readAll(storage().read(id))).equals(bytes));
        await storage().remove(id);
        await assert.rejects(readAll(storage().read(id)), Problem);
      }),
      { numRuns: 20 },
    );
  });

  it('has nothing of what broke off, once it has been removed; removing it again is fine', async () => {
    const id = await newId();
    async function* broken() {
      yield randomBytes(10);
      throw new Error('on purpose');
    }
    await assert.rejects(storage().write(id, broken()), /on purpose/);
    await storage().remove(id);
    await assert.rejects(readAll(storage().read(id)), Problem);
    await storage().remove(id);
  });

  it('comes in pieces of at most 256 kB, and may be left half read', async () => {
    const id = await newId();
    await storage().write(id, inPieces(chunksOf(randomBytes(5 * PIECE_SIZE), [PIECE_SIZE]), PIECE_SIZE));
    for await (const piece of storage().read(id)) {
      assert.ok(piece.length <= PIECE_SIZE);
      break;
    }
    await storage().remove(id);
  });

  it('says so where there is nothing, and where there is not all', async () => {
    const storages = { current: storage(), places: { [storage().place]: storage() } };
    const missing = { id: randomUUID(), stored_in: storage().place, size: 5 };
    await assert.rejects(readAll(readContent(storages, missing)), { kind: 'unavailable', reason: 'receipt-missing' });
    const id = await newId();
    await storage().write(id, inPieces(chunksOf(Buffer.from('12345'), [5]), PIECE_SIZE));
    assert.equal(String(await readAll(readContent(storages, { ...missing, id }))), '12345');
    for (const size of [4, 6])
      await assert.rejects(readAll(readContent(storages, { ...missing, id, size })), { reason: 'receipt-missing' });
    await storage().remove(id);
  });
}

describeOnBothEngines('a receipt in the database', (engine) => {
  let fresh: FreshDatabase;
  let storage: ReceiptStorage;
  let expenseId: string;
  before(async () => {
    fresh = await openFreshDatabase(engine);
    storage = (await openReceiptStorages(fresh.db, undefined)).current;
    await fresh.db.transaction().execute(async (transaction) => {
      const team = await addTeam(transaction, { id: 'team', label: 'Team', currency: 'EUR' });
      const expense = { spenderName: 'Alice', item: 'Lunch', amountMinor: 100, loggedAt: new Date(0) };
      expenseId = (await addExpense(transaction, team, expense)).id;
    });
  });
  after(() => fresh[Symbol.asyncDispose]());

  async function newId(): Promise<string> {
    const row = { id: randomUUID(), expense_id: expenseId, name: 'a.png', type: 'image/png', stored_in: 'database' } as const;
    await fresh.db
      .insertInto('receipt')
      .values({ ...row, added_by: 'alice', added_by_name: 'Alice', added_at: new Date().toISOString() })
      .execute();
    return row.id;
  }

  behavesAsAStorage(() => storage, newId);

  it('lies in pieces of 256 kB, which the database itself holds to', async () => {
    const id = await newId();
    await storage.write(id, inPieces(chunksOf(randomBytes(2 * PIECE_SIZE + 1), [100_000]), PIECE_SIZE));
    const pieces = await fresh.db
      .selectFrom('receipt_piece')
      .selectAll()
      .where('receipt_id', '=', id)
      .orderBy('number')
      .execute();
    assert.deepEqual(
      pieces.map(({ number, bytes }) => [number, bytes.length]),
      [
        [1, PIECE_SIZE],
        [2, PIECE_SIZE],
        [3, 1],
      ],
    );
    const tooLarge = { receipt_id: id, number: 4, bytes: randomBytes(PIECE_SIZE + 1) };
    await assert.rejects(fresh.db.insertInto('receipt_piece').values(tooLarge).execute(), /check/i);
  });

  it('goes with its row, and leaves nothing', async () => {
    const id = await newId();
    await storage.write(id, inPieces(chunksOf(randomBytes(10), [10]), PIECE_SIZE));
    await fresh.db.deleteFrom('receipt').where('id', '=', id).execute();
    assert.deepEqual(await fresh.db.selectFrom('receipt_piece').select('number').where('receipt_id', '=', id).execute(), []);
    assert.deepEqual(await fresh.db.selectFrom('receipt_leftover').selectAll().execute(), []);
  });

  it('is found there also when new ones go to a folder; the other way round it is said what is missing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'outlay-receipts-'));
    const id = await newId();
    await storage.write(id, inPieces(chunksOf(Buffer.from('12345'), [5]), PIECE_SIZE));
    const withFolder = await openReceiptStorages(fresh.db, folder);
    assert.equal(withFolder.current.place, 'folder');
    assert.equal(String(await readAll(readContent(withFolder, { id, stored_in: 'database', size: 5 }))), '12345');
    const without = await openReceiptStorages(fresh.db, undefined);
    await assert.rejects(readAll(readContent(without, { id, stored_in: 'folder', size: 5 })), /RECEIPT_STORAGE/);
    rmSync(folder, { recursive: true });
  });
});

describe('a receipt in a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outlay-receipts-'));
  const receipts = join(folder, 'made', 'when', 'missing');
  let storage: ReceiptStorage;
  before(async () => {
    storage = await openReceiptFolder(receipts);
  });
  after(() => rmSync(folder, { recursive: true }));

  behavesAsAStorage(
    () => storage,
    async () => randomUUID(),
  );

  it('has no file under its id before it is whole, and one that only its owner can read then', async () => {
    const id = randomUUID();
    async function* watched() {
      yield randomBytes(10);
      assert.deepEqual(readdirSync(receipts), [`${id}.part`]);
      yield randomBytes(10);
    }
    await storage.write(id, watched());
    assert.deepEqual(readdirSync(receipts), [id]);
    assert.equal(statSync(join(receipts, id)).mode & 0o777, 0o600);
    assert.equal(statSync(receipts).mode & 0o077, 0);
    await storage.remove(id);
    assert.deepEqual(readdirSync(receipts), []);
  });

  it('cannot be kept where the folder is none, and the setting is named', async () => {
    writeFileSync(join(folder, 'a-file'), '');
    await assert.rejects(openReceiptFolder(join(folder, 'a-file', 'receipts')), /RECEIPT_STORAGE/);
    const closed = join(folder, 'closed');
    await openReceiptFolder(closed);
    chmodSync(closed, 0o500);
    // Whoever may do anything may write there all the same.
    if (process.getuid?.() !== 0) await assert.rejects(openReceiptFolder(closed), /RECEIPT_STORAGE/);
  });
});
