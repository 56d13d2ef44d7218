import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pino from 'pino';
import { startTraceReceiver } from '../../test/trace-receiver.ts';
import type { Span } from './otlp.ts';
import { TraceSender } from './trace-sender.ts';

const silent = pino({ level: 'silent' });

/** One of many, by its number. */
function spanOf(number: number): Span {
  const ids = { traceId: '1'.repeat(32), spanId: (number + 1).toString(16).padStart(16, '0') };
  const times = { start: Date.UTC(2026, 2, 10), end: Date.UTC(2026, 2, 10) + 0.25 };
  return { ...ids, ...times, parent: undefined, kind: 'server', name: String(number), attributes: { half: 0.5 }, failed: true };
}

function senderTo(url: string): TraceSender {
  const sampler = { parentBased: true, ratio: 1 };
  return new TraceSender({ endpoint: `${url}/v1/traces`, headers: {}, resource: {}, sampler }, 'one', silent);
}

describe('spans that wait to be sent', () => {
  it('are bounded in number, and the oldest go first; they are sent some at a time', async () => {
    await using receiver = await startTraceReceiver();
    await using sender = senderTo(receiver.url);
    receiver.status = 503;
    sender.add([spanOf(0)]);
    await sender.send();
    for (let number = 1; number <= 5_000; number += 1) sender.add([spanOf(number)]);
    assert.equal(receiver.requests.length, 1, 'nobody is asked again at once who has no room');
    receiver.status = 200;
    await sender.send();
    const names = receiver.spans().map(({ name }) => Number(name));
    assert.deepEqual(
      names,
      Array.from({ length: 2_048 }, (_, at) => 2_953 + at),
    );
    assert.equal(receiver.requests.length, 1 + 4);
    const [span] = receiver.spans();
    assert.deepEqual([span?.startTimeUnixNano, span?.endTimeUnixNano], ['1773100800000000000', '1773100800000250000']);
    assert.deepEqual([span?.attributes, span?.status], [{ half: 0.5 }, { code: 2 }]);
  });

  it('are sent before the end, for which nobody waits long who never answers', async () => {
    await using receiver = await startTraceReceiver();
    {
      await using sender = senderTo(receiver.url);
      sender.add([spanOf(1)]);
    }
    assert.equal(receiver.spans().length, 1);
    receiver.hangs = true;
    await using sender = senderTo(receiver.url);
    sender.add([spanOf(2)]);
  });
});
