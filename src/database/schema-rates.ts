/** How many units of a currency one unit of another was, on a day. */
export interface ExchangeRateTable {
  /** As YYYY-MM-DD. */
  day: string;
  /** Of which one unit is meant, such as the EUR of the European Central Bank. */
  base: string;
  currency: string;
  /** Digits, with a point where there are decimals; as it came. */
  rate: string;
  /** Where it comes from, in somebody's words. */
  source: string;
}
