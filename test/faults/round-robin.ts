import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface RoundRobin extends AsyncDisposable {
  readonly port: number;
}

/**
 * A proxy in front of several processes: each connection goes to the next of them, and on to the one after where it is refused. What was
 * sent is never sent to another: a connection that breaks there breaks here.
 */
export async function startRoundRobin(port: number, targets: readonly number[]): Promise<RoundRobin> {
  let turn = 0;
  const open = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true }, (client) => {
    open.add(client);
    client.on('error', () => {}).on('close', () => open.delete(client));
    turn += 1;
    lead(client, turn, targets.length);
  });

  function lead(client: Socket, at: number, left: number): void {
    if (left === 0) return void client.destroy();
    const target = connect(targets[at % targets.length] ?? 0, 'localhost');
    let isThrough = false;
    target.once('connect', () => {
      isThrough = true;
      // Both ways, and whichever end goes, the other one goes with it.
      target.pipe(client).pipe(target);
      client.resume();
      client.on('close', () => target.destroy());
    });
    target.on('error', () => isThrough || lead(client, at + 1, left - 1));
    target.on('close', () => isThrough && client.destroy());
  }

  server.listen(port, 'localhost');
  await once(server, 'listening');
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const client of open) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
