import assert from 'node:assert/strict';
import { fillPath, paths } from '../src/web/paths.ts';
import type { AtExpenses } from './expense-walk.ts';
import { submit, textOf } from './forms.ts';
import type { Answer } from './http-browser.ts';

/** One of the cast at the pages of imports. */
export class AtImports {
  readonly at: AtExpenses;
  readonly team: string;

  constructor(at: AtExpenses, team = 'finance') {
    this.at = at;
    this.team = team;
  }

  /** Chooses a file on the page for it. */
  async send(content: string | Uint8Array<ArrayBuffer>, name = 'file.csv', kind?: 'own' | 'team'): Promise<Answer> {
    const multipart = new FormData();
    if (kind !== undefined) multipart.set('kind', kind);
    multipart.set('file', new Blob([content]), name);
    const url = this.at.world.url(fillPath(paths.teamImport, { id: this.team }));
    return this.at.browser.ask(url, { method: 'POST', multipart });
  }

  /** Chooses a file, and waits until it has been looked at. @returns its page. */
  async bring(content: string | Uint8Array<ArrayBuffer>, name?: string, kind?: 'own' | 'team'): Promise<Answer> {
    const sent = await this.send(content, name, kind);
    assert.equal(sent.status, 303, textOf(sent.body));
    return this.settled(sent.location ?? '');
  }

  /** The page of a file once nothing is under way. */
  async settled(address: string): Promise<Answer> {
    for (;;) {
      const page = await this.at.browser.ask(address);
      assert.equal(page.status, 200, textOf(page.body));
      // The page waits by itself.
      if (!page.body.includes('<progress') && !page.body.includes('looks again by itself')) return page;
    }
  }

  /** Reads the file otherwise. @returns the page then. */
  async correct(page: Answer, typed: Readonly<Record<string, string>>): Promise<Answer> {
    const corrected = await submit(this.at.browser, page, this.pathOf(page, paths.teamImportReading), typed);
    return corrected.status === 303 ? this.settled(corrected.location ?? '') : corrected;
  }

  /** Presses the button that imports. @returns the page once that is over. */
  async land(page: Answer): Promise<Answer> {
    const landed = await submit(this.at.browser, page, this.pathOf(page, paths.teamImportLanding));
    return landed.status === 303 ? this.settled(landed.location ?? '') : landed;
  }

  async end(page: Answer): Promise<Answer> {
    return submit(this.at.browser, page, this.pathOf(page, paths.teamImportEnding));
  }

  pathOf(page: Answer, path: string): string {
    const file = /\/imports\/([\da-f-]{36})/.exec(page.url)?.[1] ?? assert.fail(page.url);
    return fillPath(path, { id: this.team, file });
  }
}
