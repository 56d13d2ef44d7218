import { z } from 'zod';
import { formatDay } from '../web/clock.ts';
import { formatCount } from '../web/numbers.ts';
import { ratePattern } from './conversion.ts';
import type { Conversion, ExchangeRate } from './rates.ts';

/** A conversion of today as a list shows it: what it comes to, of which day, and whose the rate is. */
export function describeConversion({ from, to, rate, on, source, via, isInverse }: Conversion) {
  const way = via !== '' ? ` · by way of ${via}` : isInverse ? ' · the other way round' : '';
  return { says: `1 ${from} = ${rate} ${to}`, day: formatDay(on), source: `${source}${way}` };
}

/** What the address says of a rate that another one takes the place of; nothing where it is the same. */
export function replacedBy({ rate }: ExchangeRate, was: ExchangeRate | undefined): Readonly<Record<string, string>> {
  return was === undefined || was.rate === rate ? {} : { was: was.rate };
}

/** An address carries numbers and days, never a sentence. */
const beside = z.object({
  was: z.string().regex(ratePattern).optional().catch(undefined),
  count: z.coerce.number().int().min(1).max(10_000_000).optional().catch(undefined),
  days: z.coerce.number().int().min(1).max(1_000_000).optional().catch(undefined),
  first: z.iso.date().optional().catch(undefined),
  last: z.iso.date().optional().catch(undefined),
});

/** What is to be said besides of rates that were entered: which one was replaced, or how many there are and of which days. */
export function saidBeside(query: unknown): string[] {
  const { was, count, days, first, last } = beside.parse(query ?? {});
  return [
    ...(was === undefined ? [] : [`It replaces ${was}, which was entered for that day before.`]),
    ...(count === undefined || days === undefined || first === undefined || last === undefined
      ? []
      : [
          days === 1
            ? `Entered: ${formatCount(count)} ${count === 1 ? 'rate' : 'rates'} of ${formatDay(first)}.`
            : `Entered: ${formatCount(count)} rates of ${formatCount(days)} days, from ${formatDay(first)} to ${formatDay(last)}.`,
        ]),
  ];
}
