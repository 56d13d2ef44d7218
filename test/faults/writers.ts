import { createHash, randomBytes, randomUUIDv7 } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Answer, Asking, HttpBrowser } from '../http-browser.ts';
import { receiptFiles } from '../receipt-files.ts';
import { between, seconds } from './fault.ts';
import { TEAM } from './stage.ts';

/** How far an expense has come, in order. */
export const stages = ['draft', 'submitted', 'approved'] as const;
export type Stage = (typeof stages)[number];

/** What somebody was told by an answer of success, and so must be there. */
export interface Told {
  readonly item: string;
  /** In cents. */
  readonly amount: number;
  readonly stage: Stage;
  /** SHA-256 of each. */
  readonly receipts: readonly string[];
}

interface Form {
  readonly id: string;
  readonly item: string;
  readonly amount: number;
  readonly receipts: readonly Buffer<ArrayBuffer>[];
  readonly next: 'draft' | 'submit';
}

/** A request that got no answer, in milliseconds since the process began. */
export interface Unanswered {
  readonly what: string;
  readonly began: number;
  readonly ended: number;
}

/** How long the writers rest after a request without an answer, in milliseconds. */
const REST = 20;

/** People who log, hand in, approve and photograph at once, and remember what they were told. */
export class Writers {
  readonly #baseUrl: string;
  readonly #members: readonly HttpBrowser[];
  readonly #managers: readonly HttpBrowser[];
  readonly told = new Map<string, Told>();
  /** Ids of expenses that may be there, whether anybody was told so or not. */
  readonly tried = new Set<string>();
  readonly unanswered: Unanswered[] = [];
  /** Answers that nobody should get. */
  readonly unexpected: string[] = [];
  answered = 0;
  /** Forms without an answer, which whoever filled them in sends once more. */
  readonly #again = new Map<HttpBrowser, Form>();
  readonly #submitted: string[] = [];

  constructor(baseUrl: string, members: readonly HttpBrowser[], managers: readonly HttpBrowser[]) {
    this.#baseUrl = baseUrl;
    this.#members = members;
    this.#managers = managers;
  }

  /** All of them, until they are told to stop; a request without an answer is noted, and they go on. */
  async work(until: AbortSignal): Promise<void> {
    const loop = async (once: () => Promise<void>) => {
      while (!until.aborted) await once();
    };
    const all = [
      ...this.#members.map((member) => () => this.#logOne(member)),
      ...this.#managers.map((manager) => () => this.#approveOne(manager)),
    ];
    await Promise.all(all.map(loop));
  }

  async #logOne(member: HttpBrowser): Promise<void> {
    const form = this.#again.get(member) ?? newForm();
    this.tried.add(form.id);
    const isLogged = await this.#send(member, `/team/${TEAM}/expenses`, asked(form));
    if (isLogged === undefined) this.#again.set(member, form);
    else this.#again.delete(member);
    if (isLogged !== true) return;
    const { id, item, amount, next } = form;
    this.told.set(id, { item, amount, stage: next === 'submit' ? 'submitted' : 'draft', receipts: form.receipts.map(sha256) });
    if (next === 'draft') {
      const receipt = someReceipt();
      const files = new FormData();
      files.append('file', new Blob([receipt]), 'receipt.pdf');
      if ((await this.#send(member, `/expenses/${id}/receipts`, { multipart: files })) === true)
        this.#note(id, ({ receipts }) => ({ receipts: [...receipts, sha256(receipt)] }));
      if ((await this.#send(member, `/expenses/${id}/submission`, { form: {} })) !== true) return;
      this.#note(id, () => ({ stage: 'submitted' }));
    }
    this.#submitted.push(id);
  }

  async #approveOne(manager: HttpBrowser): Promise<void> {
    const id = this.#submitted.shift();
    if (id === undefined) await setTimeout(REST);
    else if ((await this.#send(manager, `/expenses/${id}/approval`, { form: {} })) === true)
      this.#note(id, () => ({ stage: 'approved' }));
  }

  #note(id: string, change: (told: Told) => Partial<Told>): void {
    const before = this.told.get(id);
    if (before !== undefined) this.told.set(id, { ...before, ...change(before) });
  }

  /** @returns whether it was answered with success; undefined without an answer. */
  async #send(browser: HttpBrowser, path: string, asking: Asking): Promise<boolean | undefined> {
    const began = performance.now();
    let answer: Answer;
    try {
      answer = await browser.ask(this.#baseUrl + path, { method: 'POST', ...asking });
    } catch {
      this.unanswered.push({ what: path, began, ended: performance.now() });
      await setTimeout(REST);
      return undefined;
    }
    this.answered += 1;
    if (answer.status === 303 && answer.location?.includes('/expenses/') === true) return true;
    const heading = /<h1[^>]*>([^<]*)/.exec(answer.body)?.[1];
    this.unexpected.push(`${path} was answered with ${answer.status} after ${seconds(performance.now() - began)}: ${heading}`);
    return false;
  }
}

function newForm(): Form {
  const isWhole = Math.random() < 0.4;
  const id = randomUUIDv7();
  return {
    id,
    item: `Item ${id}`,
    amount: between(100, 90_000),
    receipts: isWhole ? Array.from({ length: between(0, 3) }, someReceipt) : [],
    next: isWhole ? 'submit' : 'draft',
  };
}

/** In the order of Outlay's own form, the button behind the files. */
function asked({ id, item, amount, receipts, next }: Form): Asking {
  // In a month without a budget, of which nothing would be said.
  const spentOn = new Date(Date.now() - 60 * 24 * 60 * 60_000).toISOString().slice(0, 10);
  const fields = {
    id,
    item,
    amount: (amount / 100).toFixed(2),
    currency: 'USD',
    spentOn,
    category: 'other',
    merchant: id,
    note: '',
  };
  if (receipts.length === 0) return { form: { ...fields, next } };
  const multipart = new FormData();
  for (const [name, value] of Object.entries(fields)) multipart.append(name, value);
  for (const receipt of receipts) multipart.append('file', new Blob([receipt]), 'receipt.pdf');
  multipart.append('next', next);
  return { multipart };
}

/** Of one piece or several. */
function someReceipt(): Buffer<ArrayBuffer> {
  return Buffer.concat([receiptFiles.pdf, randomBytes(between(100, 300_000))]);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
