import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Spawned, spawnOutlay } from '../spawned.ts';

type Settings = Readonly<Record<string, string>>;

/** The Outlay of this checkout, in an empty folder and with none of the surroundings' settings. */
export class OwnOutlay implements AsyncDisposable {
  readonly address: string;
  readonly #settings: Settings;
  readonly #makeReady: () => void;
  readonly #folder = mkdtempSync(join(tmpdir(), 'outlay-hostile-'));
  #running: Spawned | undefined;

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
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Waits until it has found that its provider is not ready, so that it does not ask a second time on its own. */
  async #begin(): Promise<void> {
    this.#makeReady();
    try {
      this.#running = await spawnOutlay(this.#folder, this.#settings, 'Nobody can sign in yet');
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #end(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }
}
