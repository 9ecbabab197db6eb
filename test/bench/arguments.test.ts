import { numbers, whole } from '../../bench/arguments';
import { readOptions as readGrowthOptions } from '../../bench/growth/options';
import { readOptions } from '../../bench/options';

it('takes a whole number inside its limits only', () => {
  expect(whole('rounds', '5', 1, 50)).toBe(5);
  for (const text of ['', '0', '51', '1.5', '-1', 'five'])
    expect(() => whole('rounds', text, 1, 50)).toThrow('--rounds: must be a whole number from 1 to 50');
});

it('takes several numbers with commas between them', () => {
  expect(numbers('rates', '1, 0.5,8', 0.1, 100)).toEqual([1, 0.5, 8]);
  for (const text of ['', '1,', '0', '1;2', '101'])
    expect(() => numbers('rates', text, 0.1, 100)).toThrow('--rates: must be a number from 0.1 to 100, or several');
});

it('has a default for each option, and names what is wrong', () => {
  expect(readOptions([])).toMatchObject({ rounds: 5, rates: [3], engine: 'disk', workers: 1 });
  expect(readOptions(['--contender', 'dbos', '--contender', 'dbos']).contenders).toEqual(['dbos']);
  expect(() => readOptions(['--contender', 'mine'])).toThrow('--contender: must be one of ours,');
  expect(() => readOptions(['--engine', 'tape'])).toThrow('--engine: must be memory or disk');
});

it('fills up with waiting pay-ins in ascending order', () => {
  expect(readGrowthOptions(['--waiting', '500,100'])).toMatchObject({ waiting: [100, 500], workers: [1, 2, 4] });
  expect(() => readGrowthOptions(['--contender', 'dbos'])).toThrow('--contender: must be one of ours, textbook');
});
