import { recordsOn } from '../../records/records-on';
import type { Records } from '../../records/payin-records';
import type { PayinView } from '../../payin/view';
import { MAIN_DATABASES } from '../records/databases';
import { waitFor } from '../machinery/wait-for';
import { eventOf, newRequestId, viewOf, writeOf } from '../records/payin-writes';
import { bearer, call, NOWHERE, READ_KEY, startTestApi, temporalAddress, type TestApi } from './running-api';
import { runPayin } from './running-payin';

/** REST over the order records, with no Temporal to ask. */

const minute = (index: number) => new Date(Date.parse('2026-03-01T00:00:00Z') + index * 60_000).toISOString();

describe.each(MAIN_DATABASES)('on $name', ({ create }) => {
  let records: Records;
  let api: TestApi;
  beforeAll(async () => {
    records = recordsOn(await create());
    api = await startTestApi(NOWHERE, { records });
  });
  afterAll(async () => {
    await api.close();
    await records.close();
  });

  const get = (path: string) => call(`${api.url}${path}`, { headers: bearer(READ_KEY) });
  const record = (request_id: string, changed: Partial<PayinView> = {}) =>
    records.record({ ...writeOf(request_id, 1), payin: viewOf(request_id, changed) });

  describe('a single pay-in', () => {
    it('is answered from its record while Temporal is down, the page to pay on only while it can be paid', async () => {
      const request_id = newRequestId();
      await record(request_id);
      expect(await get(`/payins/${request_id}`)).toMatchObject({ status: 200, json: viewOf(request_id) });
      const ended = { status: 'SUCCEED', outcome_at: minute(3) } as const;
      await records.record({ ...writeOf(request_id, 2), payin: viewOf(request_id, ended) });
      const { json } = await get(`/payins/${request_id}`);
      const { checkout_url: _over, ...rest } = viewOf(request_id, ended);
      expect(json).toEqual(rest);
    });

    describe('with Temporal and no worker', () => {
      let withTemporal: TestApi;
      beforeAll(async () => {
        withTemporal = await startTestApi(temporalAddress(), { records });
      });
      afterAll(() => withTemporal.close());
      const getThere = (id: string) => call(`${withTemporal.url}/payins/${id}`, { headers: bearer(READ_KEY) });

      it('is answered from its record while no worker says more, and the log says why', async () => {
        const { request_id } = await runPayin(withTemporal.client);
        await record(request_id);
        expect(await getThere(request_id)).toMatchObject({ status: 200, json: viewOf(request_id) });
        const why = () => withTemporal.log.some((line) => line.includes(request_id) && line.includes('"workflow":'));
        await waitFor(async () => why(), { what: 'the log to say that no worker answered' });
      });

      it('is answered from its record where Temporal knows it no more', async () => {
        const request_id = newRequestId();
        await record(request_id);
        expect(await getThere(request_id)).toMatchObject({ status: 200, json: viewOf(request_id) });
      });

      it('that is recorded with its outcome, or erased, is answered: nobody else is asked', async () => {
        const [ended, erased] = [await runPayin(withTemporal.client), await runPayin(withTemporal.client)];
        await record(ended.request_id, { status: 'SUCCEED', outcome_at: minute(3) });
        await record(erased.request_id, { status: 'UNRESOLVED' });
        await records.erase(erased.request_id);
        expect(await getThere(ended.request_id)).toMatchObject({ status: 200, json: { status: 'SUCCEED' } });
        expect(await getThere(erased.request_id)).toMatchObject({ status: 200, json: { metadata: {} } });
        for (const { request_id } of [ended, erased]) {
          const logged = () => withTemporal.log.find((line) => line.includes(`/payins/${request_id}"`));
          await waitFor(() => logged() !== undefined, { what: 'the line of the log' });
          expect(logged()).not.toContain('"workflow":');
        }
      });
    });

    it('that was erased is answered with what is left', async () => {
      const request_id = newRequestId();
      await record(request_id, { status: 'SUCCEED', outcome_at: minute(3) });
      expect(await records.erase(request_id)).toBe(true);
      const { checkout_url: _gone, ...rest } = viewOf(request_id, { status: 'SUCCEED', outcome_at: minute(3) });
      expect(await get(`/payins/${request_id}`)).toMatchObject({ status: 200, json: { ...rest, metadata: {} } });
    });

    it('that is not recorded is asked of Temporal: 503 while that is down', async () => {
      expect(await get(`/payins/${newRequestId()}`)).toMatchObject({
        status: 503,
        json: { code: 'temporal_unavailable' },
      });
    });
  });

  describe('its events', () => {
    it('come in the order of their numbers, a page at a time, each page leading to the next', async () => {
      const request_id = newRequestId();
      await records.record({ ...writeOf(request_id, 5), events: [1, 2, 3, 4, 5].map((number) => eventOf(number)) });
      const path = `/payins/${request_id}/events`;
      const first = await get(`${path}?limit=2`);
      expect(first).toMatchObject({ status: 200, headers: { link: `<${path}?limit=2&after=2>; rel="next"` } });
      expect(first.json).toEqual({ events: [eventOf(1), eventOf(2)], next_after: 2 });
      const second = await get(`${path}?limit=2&after=2`);
      expect(second.json).toEqual({ events: [eventOf(3), eventOf(4)], next_after: 4 });
      const last = await get(`${path}?limit=2&after=4`);
      expect(last.json).toEqual({ events: [eventOf(5)] });
      expect(last.headers).not.toHaveProperty('link');
      expect((await get(`${path}?limit=1&after=4`)).json).not.toHaveProperty('next_after');
      expect((await get(`${path}?after=5`)).json).toEqual({ events: [] });
    });
  });

  it('events of a pay-in that runs and is not recorded yet are none; of one that nobody knows, 404', async () => {
    const withTemporal = await startTestApi(temporalAddress(), { records });
    const { request_id } = await runPayin(withTemporal.client);
    const eventsOf = (id: string) => call(`${withTemporal.url}/payins/${id}/events`, { headers: bearer(READ_KEY) });
    expect(await eventsOf(request_id)).toMatchObject({ status: 200, json: { events: [] } });
    expect(await eventsOf(newRequestId())).toMatchObject({ status: 404, json: { code: 'not_found' } });
    await withTemporal.close();
  });

  describe('pages of pay-ins', () => {
    const currency = 'PAGE';
    const ids: string[] = [];
    beforeAll(async () => {
      for (let index = 0; index < 7; index += 1) {
        const request_id = newRequestId();
        ids.unshift(request_id);
        await record(request_id, { currency, created_at: minute(index), needs_attention: index === 2 });
      }
      await record(newRequestId(), {
        currency: 'ENDED',
        status: 'SUCCEED',
        created_at: minute(0),
        outcome_at: minute(30),
      });
    });
    const idsOf = (json: Record<string, unknown> | undefined) =>
      (Array.isArray(json?.['payins']) ? json['payins'] : []).map(({ request_id }: PayinView) => request_id);

    it('lead from one to the next by Link and by next_cursor, with every filter, the newest first', async () => {
      const seen: string[] = [];
      for (let path: string | undefined = `/payins?currency=${currency}&limit=3`; path !== undefined;) {
        const { status, json, headers } = await get(path);
        expect(status).toBe(200);
        expect(headers['cache-control']).toBe('no-store');
        seen.push(...idsOf(json));
        path = /^<(.+)>; rel="next"$/.exec(String(headers['link'] ?? ''))?.[1];
        const cursor = new URLSearchParams(path?.split('?')[1]).get('cursor');
        expect(cursor ?? undefined).toBe(json?.['next_cursor']);
      }
      expect(seen).toEqual(ids);
    });

    it('hold what the filters ask for, each pay-in as it is shown alone', async () => {
      const one = `&created_from=${minute(2)}&created_to=${minute(3)}`;
      for (const filter of [
        one,
        '&needs_attention=true',
        `${one}&status=PENDING_PAY`,
        '&created_from=2026-03-01T05:32:00%2B05:30&created_to=2026-02-28T23:03:00-01:00',
      ]) {
        const { json } = await get(`/payins?currency=${currency}${filter}`);
        expect([filter, json]).toEqual([filter, { payins: [(await get(`/payins/${ids[4]}`)).json] }]);
      }
      expect((await get(`/payins?currency=${currency}&status=PAID`)).json).toEqual({ payins: [] });
      expect((await get(`/payins?currency=${currency}&needs_attention=false`)).json?.['payins']).toHaveLength(6);
      const ended = await get(`/payins?outcome_from=${minute(30)}&outcome_to=${minute(31)}&currency=ENDED`);
      expect(ended.json).toMatchObject({ payins: [{ status: 'SUCCEED', outcome_at: minute(30) }] });
      expect(JSON.stringify(ended.json)).not.toContain('checkout_url');
    });

    it('hold 50 unless told otherwise', async () => {
      for (let index = 0; index < 51; index += 1) await record(newRequestId(), { currency: 'FIFTY' });
      expect((await get('/payins?currency=FIFTY')).json?.['payins']).toHaveLength(50);
      expect((await get('/payins?currency=FIFTY&limit=200')).json?.['payins']).toHaveLength(51);
    });

    it('are refused with every bad parameter named', async () => {
      const bad = {
        status: 'PAYED',
        currency: 'usdt',
        needs_attention: 'yes',
        created_from: 'yesterday',
        created_to: '2026-02-30T00:00:00Z',
        outcome_from: '1772366400000',
        outcome_to: '',
        cursor: 'not ours',
        limit: '201',
        colour: 'blue',
      };
      const answer = await get(`/payins?${new URLSearchParams(bad).toString()}`);
      expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
      expect(namesIn(answer.json)).toEqual(Object.keys(bad).sort());
    });

    it.each([
      ['limit=1&limit=2', ['limit']],
      ['limit=0', ['limit']],
      ['limit=1.0', ['limit']],
      ['limit=', ['limit']],
      ['limit=1&limit=x&Status=PAID', ['Status', 'limit', 'limit']],
      ['cursor=bm90LWEtY3Vyc29y', ['cursor']],
      ['__proto__=1', ['__proto__']],
      ['created_from=2026-03-01T05:32:00+05:30', ['created_from']],
    ])('%s is refused, naming %j', async (query, names) => {
      const answer = await get(`/payins?${query}`);
      expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
      expect(namesIn(answer.json)).toEqual(names);
    });

    it.each(['after=-1', 'after=1e3', 'after=9999999999', 'limit=201', 'cursor=x'])(
      'events by %s are refused',
      async (query) => {
        const answer = await get(`/payins/${ids[0]}/events?${query}`);
        expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_request' } });
        expect(namesIn(answer.json)).toEqual([query.split('=')[0]]);
      },
    );
  });
});

function namesIn(json: Record<string, unknown> | undefined): string[] {
  const errors: { field: string }[] = Array.isArray(json?.['errors']) ? json['errors'] : [];
  return errors.map(({ field }) => field).sort();
}
