/** So many of something: "1 row", "1,200 rows". */
export function countOf(many: number, one: string): string {
  return `${many.toLocaleString('en')} ${one}${many === 1 ? '' : 's'}`;
}
