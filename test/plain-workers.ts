import pino from 'pino';
import { serve } from '../src/web/server.ts';
import { isWorker, leave, superviseWorkers, toldToStop } from '../src/workers.ts';

/*
 * A program of its own: two workers behind a port, which answer whatever they are asked once they have all of it. They start and stop as
 * those of Outlay do, and sooner, so that a test can have many of them do so; with `HESITATES`, not before they are told to stop.
 */

if (isWorker()) {
  const told = toldToStop();
  console.log('begun');
  if (process.env['HESITATES'] === '1') await told;
  const answering = await serve(
    Number(process.env['PORT']),
    undefined,
    () => (req, res) => req.resume().once('end', () => res.end('here')),
  );
  await told;
  await answering[Symbol.asyncDispose]();
  leave();
} else {
  process.exitCode = await superviseWorkers(2, pino({ level: 'silent' }), () => console.log('ready'));
}
