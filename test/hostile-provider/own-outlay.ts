import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const main = resolve(import.meta.dirname, '../../src/main.ts');

type Settings = Readonly<Record<string, string>>;

/** The Outlay of this checkout, in an empty folder and with none of the surroundings' settings. */
export class OwnOutlay implements AsyncDisposable {
  readonly address: string;
  readonly #settings: Settings;
  readonly #makeReady: () => void;
  readonly #folder = mkdtempSync(join(tmpdir(), 'outlay-hostile-'));
  readonly #kill = () => this.#child?.kill('SIGKILL');
  #child: ChildProcess | undefined;

  private constructor(port: number, provider: Settings, makeReady: () => void) {
    this.address = `http://localhost:${port}`;
    this.#settings = {
      PORT: String(port),
      APP_BASE_URL: this.address,
      DATA_DIR: join(this.#folder, 'data'),
      SIGN_IN_RATE_LIMIT: '0',
      LOG_LEVEL: 'info',
      ...provider,
    };
    this.#makeReady = makeReady;
    // However this process ends, that one does too.
    process.once('exit', this.#kill);
  }

  /**
   * @param makeReady called before each start: from then on the provider must answer no question about itself.
   * @throws Error with what Outlay said, where it does not start.
   */
  static async start(port: number, provider: Settings, makeReady: () => void): Promise<OwnOutlay> {
    const outlay = new OwnOutlay(port, provider, makeReady);
    await outlay.#begin();
    return outlay;
  }

  /** Ends it and starts it again: it has believed nothing then. */
  async startAfresh(): Promise<void> {
    await this.#end();
    await this.#begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
    process.off('exit', this.#kill);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Waits until it has found that its provider is not ready, so that it does not ask a second time on its own. */
  async #begin(): Promise<void> {
    this.#makeReady();
    const child = spawn(process.execPath, [main], { cwd: this.#folder, env: this.#settings, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        child.emit('said');
      });
    }
    const ended = once(child, 'close');
    while (!output.includes('provider-unavailable') && child.exitCode === null) await Promise.race([once(child, 'said'), ended]);
    if (child.exitCode === null) return;
    await this[Symbol.asyncDispose]();
    throw new Error(`Outlay does not start:\n${output}`);
  }

  async #end(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'close');
    child.kill('SIGTERM');
    await ended;
  }
}
