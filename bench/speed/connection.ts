import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Target } from './load.ts';

/** One connection over which one request is sent again and again. It reads of HTTP/1.1 as much as our subjects write. */
export class Connection {
  readonly #socket: Socket;
  readonly #request: Buffer;
  #pieces: Buffer[] = [];
  #held = 0;
  /** How long the answer is, once its head has been read; undefined for one in chunks. */
  #expected: number | undefined;
  #headRead = false;
  #waiting: { resolve(bytes: number): void; reject(error: Error): void } | undefined;

  private constructor(socket: Socket, request: Buffer) {
    this.#socket = socket;
    this.#request = request;
    socket.setNoDelay(true);
    socket.on('data', (piece) => this.#take(piece));
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('The connection was closed')));
  }

  static async open({ port, path, cookie }: Target): Promise<Connection> {
    const socket = connect(port, 'localhost');
    await once(socket, 'connect');
    const lines = [`GET ${path} HTTP/1.1`, `Host: localhost:${port}`, 'Accept: text/html', 'User-Agent: bench'];
    if (cookie !== undefined && cookie !== '') lines.push(`Cookie: ${cookie}`);
    return new Connection(socket, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`));
  }

  /** Sends the request. @returns how many bytes the answer has. @throws Error for one that is not 200. */
  ask(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(this.#request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#held += piece.length;
    if (!this.#headRead) this.#readHead();
    if (!this.#headRead || !this.#isWhole(piece)) return;
    const bytes = this.#held;
    this.#pieces = [];
    this.#held = 0;
    this.#headRead = false;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(bytes);
  }

  #readHead(): void {
    const [only] = this.#pieces;
    const start = this.#pieces.length === 1 && only !== undefined ? only : Buffer.concat(this.#pieces);
    const end = start.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = start.toString('latin1', 0, end);
    if (head.slice(9, 12) !== '200') this.#waiting?.reject(new Error(`Answered ${start.toString('utf8', 0, 400)}`));
    const length = /^content-length: (\d+)/im.exec(head)?.[1];
    this.#expected = length === undefined ? undefined : end + 4 + Number(length);
    this.#headRead = true;
  }

  #isWhole(last: Buffer): boolean {
    return this.#expected === undefined ? last.subarray(-5).equals(LAST_CHUNK) : this.#held >= this.#expected;
  }
}

const LAST_CHUNK = Buffer.from('0\r\n\r\n');
