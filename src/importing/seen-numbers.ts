/** A set of whole numbers above 0 in eight bytes each and as much room again: a million in a Set take five times as many. */
export class SeenNumbers {
  #slots = new Float64Array(4_096);
  #size = 0;

  /** @returns whether it was not in there yet. */
  add(number: number): boolean {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    const slot = this.#slotOf(number);
    if (this.#slots[slot] === number) return false;
    this.#slots[slot] = number;
    this.#size += 1;
    return true;
  }

  /** Where it is, or where it goes: the first free place from the one that it falls on. */
  #slotOf(number: number): number {
    const last = this.#slots.length - 1;
    let slot = number % this.#slots.length;
    while (this.#slots[slot] !== 0 && this.#slots[slot] !== number) slot = slot === last ? 0 : slot + 1;
    return slot;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Float64Array(before.length * 2);
    for (const number of before) if (number !== 0) this.#slots[this.#slotOf(number)] = number;
  }
}
