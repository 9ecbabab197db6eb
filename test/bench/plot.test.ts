import { plot, ticks } from '../../bench/plot';

const panel = {
  title: 'POST -> 201',
  lines: [
    {
      name: 'ours',
      points: [
        { x: 1, middle: 10, high: 20 },
        { x: 4, middle: 40, high: 80 },
      ],
    },
    { name: 'textbook', points: [{ x: 1, middle: 12, high: 30 }] },
  ],
};

const pathsOf = (svg: string) =>
  [...svg.matchAll(/<path d="(M[^"]*L[^"]*)"/g)].map(([, path = '']) => (path.match(/[\d.]+/g) ?? []).map(Number));

it('draws a line through the middle values and one through the high values, higher up', () => {
  const svg = plot([panel], { x: 'pay-ins a second', y: 'ms' });
  const [middle = [], high = []] = pathsOf(svg);
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = middle;
  expect(x2).toBeGreaterThan(x1);
  expect(y2).toBeLessThan(y1);
  expect(high[0]).toBe(x1);
  expect(high[1]).toBeLessThan(y1);
  // Both double from 1 to 4 as often: on logarithmic axes the two lines are parallel.
  expect((high[1] ?? 0) - (high[3] ?? 0)).toBeCloseTo(y1 - y2, 0);
});

it('names panels, axes and lines, and each line once', () => {
  const svg = plot([panel, { ...panel, title: 'pay & <notify>' }], { x: 'pay-ins a second', y: 'ms' });
  expect(svg).toContain('>POST -&gt; 201</text>');
  expect(svg).toContain('>pay &amp; &lt;notify&gt;</text>');
  expect(svg.match(/>textbook<\/text>/g)).toHaveLength(1);
  expect(svg).not.toMatch(/NaN|Infinity/);
});

it('can draw a single value', () => {
  const lines = [{ name: 'ours', points: [{ x: 3, middle: 10, high: 10 }] }];
  expect(plot([{ title: 'one', lines }], { x: 'x', y: 'y' })).not.toMatch(/NaN|Infinity/);
});

it('marks 1, 2, 5, 10 ... between the least and the greatest value', () => {
  expect(ticks(8, 450)).toEqual([10, 20, 50, 100, 200]);
  expect(ticks(0.09, 1)).toEqual([0.1, 0.2, 0.5, 1]);
});
