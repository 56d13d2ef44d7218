import { formatCount } from '../web/numbers.ts';

/** So many of something: "1 row", "1,200 rows". */
export function countOf(many: number, one: string): string {
  return `${formatCount(many)} ${one}${many === 1 ? '' : 's'}`;
}
