import cluster, { type Worker } from 'node:cluster';
import { z } from 'zod';

/*
 * What workers ask each other by way of their supervisor, who only passes it on. Whoever asks numbers the question; the supervisor
 * says in which place the asker is and how many others there are, and then passes on what each of them says.
 */

/** How long the others may take, in milliseconds: one that is busy is left out this time. */
const PATIENCE = 1_000;

/** One metric of a worker's: what it is, and its lines. */
const metric = z.object({ name: z.string(), head: z.array(z.string()), lines: z.array(z.string()) });
export type ToldMetric = z.infer<typeof metric>;

const question = z.object({ kind: z.literal('metrics-asked'), id: z.number() });
const passedOn = z.object({ kind: z.literal('metrics-wanted'), id: z.number(), asker: z.number() });
const answer = z.object({ kind: z.literal('metrics-told'), id: z.number(), asker: z.number(), metrics: z.array(metric) });
const reply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('metrics-places'), id: z.number(), place: z.number(), others: z.number() }),
  z.object({ kind: z.literal('metrics-of'), id: z.number(), place: z.number(), metrics: z.array(metric) }),
]);
type Reply = z.infer<typeof reply>;

/** What was told, by the place of who told it: the same for one that is started again in place of another. */
export type Gathered = ReadonlyMap<number, readonly ToldMetric[]>;

/**
 * The supervisor's part.
 * @param places in which place each worker is that listens.
 */
export function passOnMetrics(places: ReadonlyMap<Worker, number>): void {
  cluster.on('message', (from, message: unknown) => {
    const place = places.get(from);
    if (place === undefined) return;
    const asked = question.safeParse(message).data;
    if (asked !== undefined) {
      const others = [...places.keys()].filter((worker) => worker !== from && worker.isConnected());
      tell(from, { kind: 'metrics-places', id: asked.id, place, others: others.length });
      for (const worker of others) tell(worker, { kind: 'metrics-wanted', id: asked.id, asker: from.id });
    }
    const told = answer.safeParse(message).data;
    if (told === undefined) return;
    const asker = cluster.workers?.[told.asker];
    if (asker?.isConnected() === true) tell(asker, { kind: 'metrics-of', id: told.id, place, metrics: told.metrics });
  });
}

/** One that ends meanwhile is not there to be told, and that must not end whoever tells it. */
function tell(worker: Worker | undefined, message: object): void {
  worker?.send(message, () => {});
}

/** A worker's part, until it is disposed of. */
export class Colleagues implements Disposable {
  readonly #own: () => readonly ToldMetric[];
  readonly #open = new Map<number, (reply: Reply) => void>();
  #asked = 0;

  constructor(own: () => readonly ToldMetric[]) {
    this.#own = own;
    process.on('message', this.#hear);
  }

  /** What all of them tell, this one included, as far as they do in time. */
  async gather(): Promise<Gathered> {
    const id = (this.#asked += 1);
    const gathered = new Map<number, readonly ToldMetric[]>();
    const whole = Promise.withResolvers<void>();
    let count = Infinity;
    this.#open.set(id, (said) => {
      if (said.kind === 'metrics-places') count = said.others + 1;
      gathered.set(said.place, said.kind === 'metrics-places' ? this.#own() : said.metrics);
      if (gathered.size >= count) whole.resolve();
    });
    const late = setTimeout(whole.resolve, PATIENCE);
    tell(cluster.worker, { kind: 'metrics-asked', id });
    await whole.promise;
    clearTimeout(late);
    this.#open.delete(id);
    return gathered;
  }

  readonly #hear = (message: unknown): void => {
    const wanted = passedOn.safeParse(message).data;
    if (wanted !== undefined) {
      const { id, asker } = wanted;
      tell(cluster.worker, { kind: 'metrics-told', id, asker, metrics: this.#own() });
    }
    const said = reply.safeParse(message).data;
    if (said !== undefined) this.#open.get(said.id)?.(said);
  };

  [Symbol.dispose](): void {
    process.off('message', this.#hear);
  }
}
