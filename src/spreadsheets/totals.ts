import { currencies } from '../expenses/money.ts';
import { plainName } from './column-names.ts';

/** What stands beside a sum at the end of a file, in six languages; docs/importing.md lists it. */
export const totalWords: ReadonlySet<string> = new Set(
  `total, totals, grand total, sub total, subtotal, total amount, sum, balance, opening balance, closing balance, carried forward,
  summe, gesamt, gesamtsumme, gesamtbetrag, zwischensumme, endsumme, saldo, endsaldo, anfangssaldo, kontostand, ubertrag,
  total general, total ttc, sous total, somme, solde, solde final, total depenses,
  suma, suma total, importe total, saldo final, totaal, eindtotaal, subtotaal, eindsaldo, beginsaldo,
  totale, totale generale, totale complessivo, subtotale, somma, saldo finale`
    .split(',')
    .map((word) => word.trim()),
);
const words = new Set([...totalWords].map(plainName));

/** Whether a cell says that its line is a sum: "Total", "Summe:", "Saldo 31.01.2026" or "Total EUR". */
export function namesTotal(cell: string): boolean {
  if (cell === '') return false;
  const name = plainName(cell).replace(/\d+/g, ' ').replace(/\s+/g, ' ').trim();
  if (words.has(name)) return true;
  const [, bare = '', last = ''] = /^(.+) ([a-z]{3})$/.exec(name) ?? [];
  return words.has(bare) && currencies.has(last.toUpperCase());
}
