import { parseJson } from '../../lesspay/json';
import { jsonShape } from '../../scripts/json-shape';

it('names, types and lengths are told, rows count once, and no value is', () => {
  const answer = `{"code":0,"data":{"records":[
    {"payOrderId":"P2045118164054515713","status":2,"amount":"100.50","url":"https://a.example/x","note":null},
    {"payOrderId":"P2045118164054515714","status":6,"amount":"230.50","url":"https://b.example/y","note":null}],
    "last":true,"odd name & more":"x y"}}`;
  expect(jsonShape(parseJson(answer))).toEqual([
    '(answer): object',
    'code: number of 1 digits',
    'data: object',
    'data.records: array of 2',
    'data.records[]: object',
    'data.records[].payOrderId: string of 20',
    'data.records[].status: number of 1 digits',
    'data.records[].amount: string of 6, decimal',
    'data.records[].url: string of 19, URL',
    'data.records[].note: null',
    'data.last: boolean',
    'data."(a name of 15)": string of 3',
  ]);
});
