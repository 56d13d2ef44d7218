import type { Logger } from 'pino';
import type { Database } from '../database/schema.ts';
import { describeFailure } from '../web/failure.ts';
import { type Link, nextLink } from './chain.ts';

/** How many entries one transaction links, so that no other process waits long for its turn. */
const BATCH = 200;
/** How often what is pending is linked, in milliseconds. */
const INTERVAL = 1_000;

/**
 * Gives every entry that is pending its place in the chain, also those that a process left behind that ended before it could.
 * Any number of processes may do so at once: the head's lock puts them in order.
 * @returns how many entries were linked.
 */
export async function linkPending(db: Database): Promise<number> {
  let linked = 0;
  // Asked before anything is locked: most of the time there is nothing to do.
  while ((await db.selectFrom('audit_pending').select('entry_id').limit(1).executeTakeFirst()) !== undefined) {
    const now = await linkBatch(db);
    if (now === 0) break;
    linked += now;
  }
  return linked;
}

async function linkBatch(db: Database): Promise<number> {
  return db.transaction().execute(async (transaction) => {
    // A real update, and the first statement: on either engine nobody else passes here before this transaction has ended.
    const head = await transaction
      .updateTable('audit_head')
      .set((row) => ({ seq: row.ref('seq') }))
      .where('id', '=', 1)
      .returning(['seq', 'hash'])
      .executeTakeFirstOrThrow();
    const entries = await transaction
      .selectFrom('audit_pending')
      .innerJoin('audit_entry', 'audit_entry.id', 'audit_pending.entry_id')
      .leftJoin('audit_link', 'audit_link.entry_id', 'audit_entry.id')
      .selectAll('audit_entry')
      .where('audit_link.seq', 'is', null)
      .orderBy('audit_entry.id')
      .limit(BATCH)
      .execute();
    let last: Link = head;
    const links = entries.map((entry) => {
      last = nextLink(last, entry);
      return { ...last, entry_id: entry.id };
    });
    if (links.length > 0) {
      await transaction.insertInto('audit_link').values(links).execute();
      await transaction.updateTable('audit_head').set(last).where('id', '=', 1).execute();
    }
    // By what is linked and not by the order of ids: an older one may have come in meanwhile.
    await transaction
      .deleteFrom('audit_pending')
      .where(({ exists, selectFrom }) =>
        exists(selectFrom('audit_link').select('seq').whereRef('audit_link.entry_id', '=', 'audit_pending.entry_id')),
      )
      .execute();
    return links.length;
  });
}

/**
 * Links what is pending once a second, and once more when it is disposed of. A failure is logged once until it works again;
 * nothing is lost meanwhile, because what is pending stays so.
 */
export function startLinking(db: Database, log: Logger): AsyncDisposable {
  let failing = false;
  let underWay: Promise<void> | undefined;

  async function link(): Promise<void> {
    try {
      await linkPending(db);
      failing = false;
    } catch (error) {
      if (!failing) log.error({ event: 'audit-not-linked', failure: describeFailure(error) }, 'the audit record waits');
      failing = true;
    }
  }

  const timer = setInterval(() => {
    underWay ??= link().finally(() => {
      underWay = undefined;
    });
  }, INTERVAL).unref();
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await underWay;
      await link();
    },
  };
}
