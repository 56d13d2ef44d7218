import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Counter, Gauge, Histogram, labelled, linesOf } from './prometheus.ts';

describe('a metric in Prometheus’ text format', () => {
  it('says what it is, and each of its labels', () => {
    const counter = new Counter('outlay_tried_total', 'Tries.');
    counter.add({ result: 'good' });
    counter.add({ result: 'good' }, 2);
    counter.add({ result: 'a "bad" \\ one\nindeed' });
    assert.deepEqual(linesOf([counter]), [
      '# HELP outlay_tried_total Tries.',
      '# TYPE outlay_tried_total counter',
      'outlay_tried_total{result="good"} 3',
      String.raw`outlay_tried_total{result="a \"bad\" \\ one\nindeed"} 1`,
    ]);
    const gauge = new Gauge('outlay_open', 'Open ones.');
    gauge.set(3);
    gauge.set(2.5);
    assert.deepEqual(linesOf([gauge]).slice(1), ['# TYPE outlay_open gauge', 'outlay_open 2.5']);
  });

  it('counts times up to each bound, that bound included, and all of them in the end', () => {
    const histogram = new Histogram('outlay_seconds', 'Times.', [0.1, 1]);
    for (const seconds of [0.05, 0.1, 0.5, 7]) histogram.observe(seconds, { route: '/' });
    assert.deepEqual(linesOf([histogram]).slice(2), [
      'outlay_seconds_bucket{route="/",le="0.1"} 2',
      'outlay_seconds_bucket{route="/",le="1"} 3',
      'outlay_seconds_bucket{route="/",le="+Inf"} 4',
      'outlay_seconds_sum{route="/"} 7.65',
      'outlay_seconds_count{route="/"} 4',
    ]);
  });

  it('is told of one among several by a label more', () => {
    assert.equal(labelled('outlay_open 2.5', 'worker', '1'), 'outlay_open{worker="1"} 2.5');
    assert.equal(labelled('outlay_open{a="} b"} 3', 'worker', '2'), 'outlay_open{worker="2",a="} b"} 3');
  });

  it('does not grow without bound, whatever its labels say', () => {
    const counter = new Counter('outlay_tried_total', 'Tries.');
    for (let number = 0; number < 5_000; number += 1) counter.add({ who: String(number) });
    const lines = linesOf([counter]);
    assert.equal(lines.length, 2 + 1_001);
    assert.equal(lines.at(-1), 'outlay_tried_total{beyond="true"} 4000');
  });
});
