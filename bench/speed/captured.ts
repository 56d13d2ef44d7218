import { writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Target } from './load.ts';

/** What Node writes into every answer itself. */
const ownHeaders = new Set(['date', 'connection', 'keep-alive']);

/** Writes what was answered into a file, for those that are to send the same. */
export async function capture({ port, path, cookie = '' }: Target, folder: string): Promise<string> {
  const asked = get({
    host: 'localhost',
    port,
    path,
    agent: false,
    headers: { accept: 'text/html', cookie, connection: 'keep-alive' },
  });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let body = '';
  for await (const piece of answer.setEncoding('utf8')) body += String(piece);
  if (answer.statusCode !== 200) throw new Error(`${path} answered ${answer.statusCode}`);
  const headers: [string, string][] = [];
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    const [name = '', value = ''] = answer.rawHeaders.slice(index, index + 2);
    if (!ownHeaders.has(name.toLowerCase())) headers.push([name, value]);
  }
  asked.destroy();
  const file = join(folder, 'captured.json');
  writeFileSync(file, JSON.stringify({ headers, body }));
  return file;
}
