import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** More than any page has places to go to by the Tab key. */
const MOST_PRESSES = 120;

/** The words of what has the focus: its label, its text, or its name. */
const focused = `(() => {
  const at = document.activeElement;
  return (at.labels?.[0] ?? at).textContent.trim() || at.getAttribute('aria-label') || '';
})()`;

/** Somebody who has a keyboard and nothing else, and sees where they are. */
export class Keyboard {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** From where the focus is, on to what has this name. */
  async tabTo(name: RegExp): Promise<void> {
    for (let presses = 0; presses < MOST_PRESSES; presses += 1) {
      await this.#page.keyboard.press('Tab');
      const found = await this.#page.evaluate<string>(focused);
      if (!name.test(found)) continue;
      const outline = await this.#page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
      assert.notEqual(outline, 'none', `where one is can be seen at ${found}`);
      return;
    }
    assert.fail(`The Tab key does not lead to ${name}`);
  }

  async press(name: RegExp, key = 'Enter'): Promise<void> {
    await this.tabTo(name);
    await this.#page.keyboard.press(key);
  }

  /** To the page that this leads to, by its heading. */
  async follow(name: RegExp, landed: string | RegExp): Promise<void> {
    await this.press(name);
    const exact = typeof landed === 'string' ? { exact: true } : {};
    await this.#page.getByRole('heading', { level: 1, name: landed, ...exact }).waitFor();
  }

  /** Into a field, instead of what stands in it. */
  async fill(name: RegExp, text: string): Promise<void> {
    await this.tabTo(name);
    await this.#page.keyboard.press('Control+A');
    await this.#page.keyboard.type(text);
  }

  /** Among the choices of a field, by their first letters. */
  async choose(name: RegExp, text: string): Promise<void> {
    await this.tabTo(name);
    await this.#page.keyboard.type(text);
  }
}
