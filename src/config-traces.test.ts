import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertRefused } from '../test/settings.ts';
import { loadConfig } from './config.ts';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('the settings of traces', () => {
  it('want none unless somebody is named who takes them, whatever else other programs are told', () => {
    const others = { OTEL_TRACES_SAMPLER: 'xray', OTEL_TRACES_SAMPLER_ARG: 'x', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };
    assert.equal(loadConfig(others).traces, undefined);
    assert.equal(loadConfig({ ...endpoint, ...others, OTEL_SDK_DISABLED: 'True' }).traces, undefined);
    assert.notEqual(loadConfig({ ...endpoint, OTEL_SDK_DISABLED: 'false' }).traces, undefined);
  });

  it('are OpenTelemetry’s own', () => {
    assert.deepEqual(loadConfig(endpoint).traces, {
      endpoint: 'http://collector:4318/v1/traces',
      headers: {},
      resource: { 'service.name': 'outlay' },
      sampler: { parentBased: true, ratio: 1 },
    });
    const traces = loadConfig({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com/otlp/',
      OTEL_EXPORTER_OTLP_HEADERS: ' Api-Key = a%2Cb== , x=1,',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test,service.name=another',
      OTEL_SERVICE_NAME: 'expenses',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    }).traces;
    assert.deepEqual(traces, {
      endpoint: 'https://collector.example.com/otlp/v1/traces',
      headers: { 'Api-Key': 'a,b==', x: '1' },
      resource: { 'deployment.environment': 'test', 'service.name': 'expenses' },
      sampler: { parentBased: false, ratio: 0.25 },
    });
    const named = { ...endpoint, OTEL_RESOURCE_ATTRIBUTES: 'service.name=another' };
    assert.equal(loadConfig(named).traces?.resource['service.name'], 'another');
    const whole = { ...endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/mine' };
    assert.equal(loadConfig(whole).traces?.endpoint, 'http://collector:4318/mine');
  });

  it('are refused where they cannot be meant, and no secret is repeated', () => {
    assertRefused({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, /^OTEL_EXPORTER_OTLP_ENDPOINT must be an address/);
    const password = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://a:hush@collector' };
    assertRefused(password, /^OTEL_EXPORTER_OTLP_TRACES_ENDPOINT must be an address (?!.*hush)/);
    assertRefused({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /^OTEL_EXPORTER_OTLP_PROTOCOL must be http\/json/);
    for (const headers of ['hush', '=hush', 'key=%hush', 'a b=hush', 'key=hush%0Ahush', 'hush hush%20=1', 'Content-Type=hush']) {
      assertRefused({ ...endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers }, /^OTEL_EXPORTER_OTLP_HEADERS must be (?!.*hush)/);
    }
    assertRefused({ ...endpoint, OTEL_RESOURCE_ATTRIBUTES: 'x' }, /^OTEL_RESOURCE_ATTRIBUTES must be name=value/);
    assertRefused({ ...endpoint, OTEL_TRACES_SAMPLER: 'xray' }, /^OTEL_TRACES_SAMPLER must be one of always_on, parent/);
    const ratio = { ...endpoint, OTEL_TRACES_SAMPLER: 'traceidratio' };
    for (const arg of ['x', '1.5', '-0.1'])
      assertRefused({ ...ratio, OTEL_TRACES_SAMPLER_ARG: arg }, /^OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1/);
  });
});
