import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { readFileSync } from 'node:fs';
import { LesspayError } from '../../lesspay/errors';
import { errorType } from '../../traces/error-type';
import { openTraces } from '../../traces/open-traces';
import { payinOfWorkflow, payinTrace } from '../../traces/payin-trace';
import type { Traces } from '../../traces/traces';
import { notificationWorkflowId } from '../../workflows/notification/messages';
import { payinWorkflowId } from '../../workflows/payin/messages';
import { fromSetUp } from '../machinery/from-set-up';
import { waitFor } from '../machinery/wait-for';
import { type Collector, startCollector, ways } from './collector';

let collector: Collector;
let traces: Traces;
const warnings: unknown[] = [];
const open = (endpoint: string | undefined, share = 1) =>
  openTraces(
    { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: share },
    { service: 'test', namespace: 'default', logger: { warn: (...line: unknown[]) => void warnings.push(line) } },
  );

beforeEach(async () => {
  collector = await startCollector();
  traces = open(collector.url);
});
afterEach(async () => {
  await traces.close();
  await collector.close();
});

it('the trace of a pay-in can be found without a program: docs/traces.md says how', () => {
  // printf 'default/payin-4711' | sha256sum
  expect(payinTrace('default', '4711')).toEqual(EXPECTED);
  expect(readFileSync('docs/traces.md', 'utf8')).toContain(EXPECTED.traceId);
  expect(payinTrace('other', '4711').traceId).not.toBe(EXPECTED.traceId);
});
const EXPECTED = { traceId: '26ad2a9168bb56e51f5e1015399d98f7', spanId: 'b6713aabd20f415f' };

it.each(['4711', 'a-b', 'notify-x', 'payin-1', 'x-shop'])('knows the pay-in %s of its workflows', (request_id) => {
  expect(payinOfWorkflow(payinWorkflowId(request_id))).toBe(request_id);
  expect(payinOfWorkflow(notificationWorkflowId(request_id, 'shop_2'))).toBe(request_id);
});

it.each(['reconciliation-lesspay-payins', 'unmatched-order-P1', ''])(
  'the workflow %s is of no pay-in',
  (workflowId) => {
    expect(payinOfWorkflow(workflowId)).toBeUndefined();
  },
);

it('workflows know nothing of traces, so runs replay with and without', () => {
  const bundle = readFileSync(fromSetUp('TEST_WORKFLOW_BUNDLE'), 'utf8');
  expect(bundle).toContain('payinWorkflowId');
  expect(bundle).not.toMatch(/opentelemetry\/|traceparent|"\.\/traces\//);
});

it('spans in each other are a tree, also beside others and after a pause', async () => {
  const one = (payin: string) =>
    traces.span(`outer ${payin}`, { payin }, async () => {
      await pause(5);
      await Promise.all(['a', 'b'].map((name) => traces.span(name, {}, () => pause(2))));
    });
  await Promise.all([one('1'), one('2'), traces.span('alone', {}, () => pause(1))]);
  for (const [request_id, ended_at] of [['1', 5_000] as const, ['2', 500] as const])
    traces.payin({ request_id, started_at: 1_000, ended_at, attributes: { 'payin.status': 'SUCCEED' } });
  await traces.close();
  expect(ways(collector.spans)).toEqual([
    'alone',
    'payin',
    'payin > outer 1',
    'payin > outer 1 > a',
    'payin > outer 1 > b',
    'payin > outer 2',
    'payin > outer 2 > a',
    'payin > outer 2 > b',
  ]);
  // Long before this process began.
  const times = collector.spans
    .filter(({ name }) => name === 'payin')
    .map((span) => [span.startTimeUnixNano / 1e6, span.endTimeUnixNano / 1e6]);
  expect(times).toEqual([
    [1_000, 5_000],
    [1_000, 1_000],
  ]);
});

it.each([
  [`00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`, 1],
  [`cc-${'a1'.repeat(16)}-${'b2'.repeat(8)}-00-more`, 1],
  [undefined, 0],
  ['', 0],
  [`00-${'0'.repeat(32)}-${'b2'.repeat(8)}-01`, 0],
  [`00-${'A1'.repeat(16)}-${'b2'.repeat(8)}-01`, 0],
  ['x'.repeat(100), 0],
])('a caller with the traceparent %s is linked %i times', async (caller, times) => {
  await traces.span('one', { caller }, () => Promise.resolve());
  await traces.close();
  expect(collector.spans[0]?.links).toHaveLength(times);
});

it('the share is of pay-ins, and the same ones for every program', async () => {
  await traces.close();
  traces = open(collector.url, 0.3);
  const other = open(collector.url, 0.3);
  const ids = Array.from({ length: 300 }, (_none, index) => `order-${index}`);
  for (const payin of ids)
    for (const program of [traces, other])
      await program.span('one', { payin }, async () => {
        const sampled = program.traceparent()?.endsWith('-01');
        expect(sampled === true || program.traceparent()?.endsWith('-00')).toBe(true);
      });
  await Promise.all([traces.close(), other.close()]);
  const times = new Map<unknown, number>();
  for (const { attributes } of collector.spans)
    times.set(attributes['payin.request_id'], (times.get(attributes['payin.request_id']) ?? 0) + 1);
  expect(times.size).toBeGreaterThan(60);
  expect(times.size).toBeLessThan(120);
  expect(new Set(times.values())).toEqual(new Set([2]));
});

it('a collector that is away is told of once a minute, and stops nothing', async () => {
  warnings.length = 0;
  await traces.close();
  traces = open('http://127.0.0.1:9');
  for (let turn = 0; turn < 3_000; turn += 1) await traces.span('one', {}, () => Promise.resolve());
  await waitFor(() => warnings.length > 0, { what: 'the warning' });
  const from = performance.now();
  await traces.close();
  expect(performance.now() - from).toBeLessThan(3_000);
  expect(warnings).toHaveLength(1);
  const [fields] = z.tuple([z.object({ spans_lost: z.number() }), z.string()]).parse(warnings[0]);
  expect(fields.spans_lost).toBeGreaterThan(0);
});

it('a span that failed holds the code of its error, and no message', async () => {
  const failing = () => Promise.reject(new LesspayError('refused', 'did_not', 'the card of Wilhelmina is blocked'));
  await expect(traces.span('one', {}, failing)).rejects.toThrow('Wilhelmina');
  await traces.close();
  expect(collector.spans).toMatchObject([{ status: { code: 2 }, attributes: { 'error.type': 'refused' }, events: [] }]);
  expect(collector.texts.join('\n')).not.toContain('Wilhelmina');
});

it('an error is named by its code, and never by a text', () => {
  const errors = [
    new LesspayError('timeout', 'may_have', 'no answer to Wilhelmina'),
    Object.assign(new Error('Wilhelmina'), { type: 'LesspayRefused' }),
    Object.assign(new Error('Wilhelmina'), { code: 'ECONNRESET' }),
    Object.assign(new Error('Wilhelmina'), { code: 14 }),
    Object.assign(new TypeError('Wilhelmina'), { code: 'a text of Wilhelmina' }),
    'Wilhelmina',
  ];
  expect(errors.map(errorType)).toEqual(['timeout', 'LesspayRefused', 'ECONNRESET', 'Error', 'TypeError', 'unknown']);
});
