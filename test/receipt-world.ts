import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import type { ExpenseState } from '../src/database/schema.ts';
import type { ReceiptPlace } from '../src/database/schema-receipts.ts';
import { addExpense, findVisibleExpense, type VisibleExpense } from '../src/expenses/expenses.ts';
import { type ListedReceipt, listReceipts } from '../src/expenses/receipts.ts';
import type { Viewer } from '../src/people/viewer.ts';
import { findVisibleTeam } from '../src/teams/teams.ts';
import { fillPath, paths } from '../src/web/paths.ts';
import { type CastName, cast } from './cast.ts';
import { type Engine, engines } from './databases.ts';
import type { Answer, HttpBrowser } from './http-browser.ts';
import { beginRequest } from './raw-request.ts';
import { openWorld, type World } from './world.ts';

/** A member of Finance, as far as seeing it goes. */
const seeing = { rights: [{ given: { role: 'member', teamId: 'finance' }, from: { kind: 'settings' } }] } as never as Viewer;

/** The same tests with receipts in the database, on both engines, and in a folder. */
export function describeInEveryPlace(name: string, tests: (at: ReceiptWorld) => void): void {
  const everywhere: (readonly [Engine, ReceiptPlace])[] = [
    ...engines.map((engine) => [engine, 'database'] as const),
    ['sqlite', 'folder'],
  ];
  for (const [engine, place] of everywhere) {
    describe(`${name} (${place === 'folder' ? 'in a folder' : engine})`, () => {
      const at = new ReceiptWorld(engine, place);
      before(() => at.open());
      after(() => at.close());
      tests(at);
    });
  }
}

/** A world with people who are signed in, and what they do with receipts. */
export class ReceiptWorld {
  readonly engine: Engine;
  readonly place: ReceiptPlace;
  readonly folder = mkdtempSync(join(tmpdir(), 'outlay-receipts-'));
  world!: World;
  alice!: HttpBrowser;
  bob!: HttpBrowser;
  charlie!: HttpBrowser;
  dana!: HttpBrowser;

  constructor(engine: Engine, place: ReceiptPlace) {
    this.engine = engine;
    this.place = place;
  }

  async open(): Promise<void> {
    this.world = await openWorld({ engine: this.engine, ...(this.place === 'folder' && { receiptFolder: this.folder }) });
    for (const who of ['alice', 'bob', 'charlie', 'dana'] as const) this[who] = (await this.world.signIn(who)).browser;
  }

  async close(): Promise<void> {
    await this.world[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true });
  }

  async personId(who: CastName): Promise<string> {
    const row = this.world.db.selectFrom('person').select('id').where('subject', '=', cast[who].subject);
    return (await row.executeTakeFirstOrThrow()).id;
  }

  /** A draft of somebody's in Finance. */
  async newDraft(who: CastName = 'alice'): Promise<string> {
    const spenderId = await this.personId(who);
    const team = (await findVisibleTeam(this.world.db, seeing, 'finance')) ?? assert.fail();
    const expense = { spenderId, spenderName: 'Alice', item: 'Lunch', amountMinor: 100, loggedAt: new Date() };
    return this.world.db.transaction().execute(async (transaction) => (await addExpense(transaction, team, expense)).id);
  }

  /** Whatever it was before. */
  async put(id: string, state: ExpenseState): Promise<void> {
    const decided_by = ['approved', 'rejected', 'reimbursed'].includes(state) ? 'somebody' : null;
    const settled_by = state === 'reimbursed' ? 'somebody' : null;
    await this.world.db.updateTable('expense_row').set({ state, decided_by, settled_by }).where('id', '=', id).execute();
  }

  async expenseOf(id: string): Promise<VisibleExpense> {
    const { spender_id: spender } = await this.world.db
      .selectFrom('expense')
      .select('spender_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return (await findVisibleExpense(this.world.db, { ...seeing, personId: spender ?? '' }, id)) ?? assert.fail();
  }

  async listed(id: string): Promise<ListedReceipt[]> {
    return listReceipts(this.world.db, await this.expenseOf(id));
  }

  /** Those that were only begun, too. */
  async countRows(id: string): Promise<number> {
    return (await this.world.db.selectFrom('receipt').select('id').where('expense_id', '=', id).execute()).length;
  }

  receiptsUrl(id: string): string {
    return this.world.url(fillPath(paths.expenseReceipts, { id }));
  }

  receiptUrl(id: string, receipt = ''): string {
    return this.world.url(fillPath(paths.expenseReceipt, { id, receipt }));
  }

  async add(
    browser: HttpBrowser,
    id: string,
    content: Uint8Array<ArrayBuffer> | string,
    called = 'receipt.png',
  ): Promise<Answer> {
    const multipart = new FormData();
    // What the browser says of the type is a lie each time.
    multipart.set('file', new Blob([content], { type: 'text/html' }), called);
    return browser.ask(this.receiptsUrl(id), { method: 'POST', multipart });
  }

  remove(browser: HttpBrowser, id: string, receipt = ''): Promise<Answer> {
    return browser.ask(this.world.url(fillPath(paths.expenseReceiptRemoval, { id, receipt })), { method: 'POST' });
  }

  /** A request as it goes over the wire, up to its first header after the cookie. */
  begin(browser: HttpBrowser, method: 'GET' | 'POST', url: string, headers: string): Promise<Socket> {
    return beginRequest(this.world, browser, method, url, headers);
  }

  /** Files in the folder that no receipt belongs to. */
  async strayFiles(): Promise<string[]> {
    const known = new Set((await this.world.db.selectFrom('receipt').select('id').execute()).map(({ id }) => id));
    return readdirSync(this.folder).filter((file) => !known.has(file));
  }

  hasDefect(): boolean {
    return this.world.log.some(({ kind }) => kind === 'defect');
  }
}
