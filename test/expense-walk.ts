import assert from 'node:assert/strict';
import { fillPath, paths } from '../src/web/paths.ts';
import type { Transition } from '../src/expenses/life.ts';
import { type CastName, cast } from './cast.ts';
import type { Answer, HttpBrowser } from './http-browser.ts';
import type { World } from './world.ts';

/** What somebody types who has had lunch. */
export const lunch = { item: 'Lunch', amount: '12.50', spentOn: '2026-01-05', category: 'meals', merchant: '', note: '' };
export type Typed = Partial<typeof lunch & { currency: string; rate: string; spender: string }>;

const pathOf: Readonly<Record<Transition | 'edit' | 'deletion' | 'page', string>> = {
  page: paths.expense,
  edit: paths.expenseEdit,
  deletion: paths.expenseDeletion,
  submission: paths.expenseSubmission,
  withdrawal: paths.expenseWithdrawal,
  approval: paths.expenseApproval,
  rejection: paths.expenseRejection,
  settlement: paths.expenseSettlement,
};

/** One of the cast at the pages of expenses. */
export class AtExpenses {
  readonly world: World;
  readonly browser: HttpBrowser;

  constructor(world: World, browser: HttpBrowser) {
    this.world = world;
    this.browser = browser;
  }

  static async signIn(world: World, name: CastName): Promise<AtExpenses> {
    return new AtExpenses(world, (await world.signIn(name)).browser);
  }

  get(path: string): Promise<Answer> {
    return this.browser.ask(this.world.url(path));
  }

  post(path: string, form: Readonly<Record<string, string | readonly string[]>> = {}): Promise<Answer> {
    return this.browser.ask(this.world.url(path), { method: 'POST', form });
  }

  /** By the form, as the page has it. @returns the id of the new expense. */
  async log(typed: Typed = {}, next: 'draft' | 'submit' = 'submit', team = 'finance'): Promise<string> {
    const { body } = await this.get(`/team/${team}/new-expense`);
    const answer = await this.post(`/team/${team}/expenses`, { ...hiddenIn(body), ...lunch, ...typed, next });
    assert.equal(answer.status, 303, answer.body);
    return /^\/expenses\/([\da-f-]{36})$/.exec(new URL(answer.location ?? '').pathname)?.[1] ?? assert.fail(answer.location);
  }

  page(id: string, part: keyof typeof pathOf = 'page'): Promise<Answer> {
    return this.get(fillPath(pathOf[part], { id }));
  }

  /** By the button for it, which must be there, with what stands hidden beside it. */
  async press(id: string, step: Transition | 'deletion', form: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const { body } = await this.page(id);
    assert.ok(body.includes(`action="${fillPath(pathOf[step], { id })}"`), `no button for ${step}`);
    return this.do(id, step, { ...hiddenIn(body), ...form });
  }

  /** Whether there is a button for it or not. */
  do(id: string, step: Transition | 'deletion' | 'edit', form: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.post(fillPath(pathOf[step], { id }), form);
  }

  async edit(id: string, typed: Typed, next: 'draft' | 'submit' = 'draft'): Promise<Answer> {
    const { body } = await this.page(id, 'edit');
    return this.do(id, 'edit', { ...hiddenIn(body), ...valuesIn(body), ...paidIn(body), ...typed, next });
  }
}

/** What the forms of a page send besides what somebody types. */
export function hiddenIn(body: string): Record<string, string> {
  const found = body.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g);
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value]));
}

/** In which currency the form has it, and at which rate where it asks for one. */
function paidIn(body: string): { currency: string; rate: string } {
  return {
    currency: /name="currency"[^]*?<option value="([^"]+)" selected/.exec(body)?.[1] ?? '',
    rate: /name="rate" value="([^"]*)"/.exec(body)?.[1] ?? '',
  };
}

/** What stands in the fields of the form of an expense. */
export function valuesIn(body: string): typeof lunch {
  const field = (name: string) => unescaped(new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? '');
  return {
    item: field('item'),
    amount: field('amount'),
    spentOn: field('spentOn'),
    merchant: field('merchant'),
    note: unescaped(/<textarea [^>]*name="note"[^>]*>([^<]*)</.exec(body)?.[1] ?? ''),
    category: /name="category"[^]*?<option value="([^"]+)" selected/.exec(body)?.[1] ?? '',
  };
}

function unescaped(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' };
  return text.replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity] ?? '');
}

/** The rows of a team's page, with what it says of all. */
export function listIn(body: string): { ids: string[]; count: number; total: string; next: string | undefined } {
  const figure = /<p class="figure">[^]*?<strong>([^<]*)<\/strong> <span class="note">([\d,]+) expenses?</.exec(body);
  return {
    ids: [...body.matchAll(/<td class="item"><a href="\/expenses\/([\da-f-]{36})">/g)].map(([, id = '']) => id),
    count: Number((figure?.[2] ?? '').replaceAll(',', '')),
    total: figure?.[1] ?? '',
    next: unescaped(/href="([^"]+)" rel="next"/.exec(body)?.[1] ?? '') || undefined,
  };
}

/** What happened, as the page of an expense tells it. */
export function storyIn(body: string): string[] {
  return [...body.matchAll(/<li><strong>([^<]*)<\/strong><span class="note">By ([^,]*),/g)].map(
    ([, what, by]) => `${what}: ${by}`,
  );
}

export async function personIdOf(world: World, name: CastName): Promise<string> {
  const query = world.db.selectFrom('person').select('id').where('subject', '=', cast[name].subject);
  return (await query.executeTakeFirstOrThrow()).id;
}

export async function setLimit(world: World, limit: number | null): Promise<void> {
  await world.db.updateTable('team').set({ second_approval_above: limit }).where('id', '=', 'finance').execute();
}
