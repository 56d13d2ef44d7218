/*
 * Metrics in Prometheus' text format (version 0.0.4): counters, gauges and histograms, as much of it as Outlay says
 * (docs/decisions/0039). Names of labels and metrics are our own; values of labels may be anything.
 */

type Labels = Readonly<Record<string, string>>;

/** How many different labels one metric has at most; what would be more is counted together, so that nobody fills the memory. */
const MOST_SERIES = 1_000;
const BEYOND: Labels = { beyond: 'true' };

class Series<Value> {
  readonly #values = new Map<string, { readonly labels: Labels; value: Value }>();
  readonly #make: () => Value;

  constructor(make: () => Value) {
    this.#make = make;
  }

  at(labels: Labels): { readonly labels: Labels; value: Value } {
    const key = JSON.stringify(labels);
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= MOST_SERIES && labels !== BEYOND) return this.at(BEYOND);
    const made = { labels, value: this.#make() };
    this.#values.set(key, made);
    return made;
  }

  *[Symbol.iterator]() {
    yield* this.#values.values();
  }
}

export interface Metric {
  readonly name: string;
  /** What it is, in two lines. */
  head(): string[];
  /** Its values, a line each. */
  values(): string[];
}

/** Everything there is to say of these. */
export function linesOf(metrics: readonly Metric[]): string[] {
  return metrics.flatMap((metric) => [...metric.head(), ...metric.values()]);
}

/** A line with one more label, the first. */
export function labelled(line: string, label: string, value: string): string {
  const [, name = '', labels, rest = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  return `${name}{${label}="${escaped(value)}"${labels === undefined ? '' : `,${labels}`}} ${rest}`;
}

/** One number for each of its labels. */
class Numbers implements Metric {
  readonly name: string;
  readonly #help: string;
  readonly #type: 'counter' | 'gauge';
  protected readonly series = new Series(() => 0);

  constructor(name: string, help: string, type: 'counter' | 'gauge') {
    this.name = name;
    this.#help = help;
    this.#type = type;
  }

  head(): string[] {
    return headOf(this.name, this.#help, this.#type);
  }

  values(): string[] {
    return [...this.series].map(({ labels, value }) => line(this.name, labels, value));
  }
}

/** What only grows while the process runs. */
export class Counter extends Numbers {
  constructor(name: string, help: string) {
    super(name, help, 'counter');
  }

  add(labels: Labels, count = 1): void {
    this.series.at(labels).value += count;
  }
}

/** How large something is just now. */
export class Gauge extends Numbers {
  constructor(name: string, help: string) {
    super(name, help, 'gauge');
  }

  set(value: number, labels: Labels = {}): void {
    this.series.at(labels).value = value;
  }
}

/** How long something took, in seconds: how often it stayed below each bound. */
export class Histogram implements Metric {
  readonly name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #series: Series<{ counts: number[]; sum: number }>;

  /** @param bounds in seconds, the smallest first. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.name = name;
    this.#help = help;
    this.#bounds = bounds;
    this.#series = new Series(() => ({ counts: Array.from({ length: bounds.length + 1 }, () => 0), sum: 0 }));
  }

  observe(seconds: number, labels: Labels = {}): void {
    const { value } = this.#series.at(labels);
    const bound = this.#bounds.findIndex((most) => seconds <= most);
    const at = bound === -1 ? this.#bounds.length : bound;
    value.counts[at] = (value.counts[at] ?? 0) + 1;
    value.sum += seconds;
  }

  head(): string[] {
    return headOf(this.name, this.#help, 'histogram');
  }

  values(): string[] {
    const lines: string[] = [];
    for (const { labels, value } of this.#series) {
      let below = 0;
      for (const [at, count] of value.counts.entries()) {
        below += count;
        lines.push(line(`${this.name}_bucket`, { ...labels, le: String(this.#bounds[at] ?? '+Inf') }, below));
      }
      lines.push(line(`${this.name}_sum`, labels, value.sum), line(`${this.name}_count`, labels, below));
    }
    return lines;
  }
}

function headOf(name: string, help: string, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
