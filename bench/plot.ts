/** Lines over two logarithmic axes, as SVG. */

export interface Line {
  readonly name: string;
  /** By x, ascending; all values are positive. */
  readonly points: readonly { readonly x: number; readonly middle: number; readonly high: number }[];
}

export interface Panel {
  readonly title: string;
  readonly lines: readonly Line[];
}

/** Axes are named for all panels. */
export interface Axes {
  readonly x: string;
  readonly y: string;
}

const WIDTH = 420;
const HEIGHT = 320;
const MARGIN = { top: 32, right: 12, bottom: 44, left: 52 };
const LEGEND = 150;
/** Told apart by people who don't see all colours (Okabe and Ito). */
const COLOURS = ['#0072b2', '#56b4e9', '#d55e00', '#e69f00', '#999999', '#cc79a7', '#009e73', '#000000'];

/** The panels side by side, and one legend. A whole line is the middle, a dashed one the high value. */
export function plot(panels: readonly Panel[], axes: Axes): string {
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const colour = (name: string) => COLOURS[names.indexOf(name) % COLOURS.length] ?? '';
  const width = panels.length * WIDTH + LEGEND;
  const legend = names.map((name, index) => {
    const y = MARGIN.top + 18 * index;
    return `<path d="M0 ${y}h18" stroke="${colour(name)}" stroke-width="2"/>${text(24, y + 4, name)}`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...panels.map(
      (panel, index) => `<g transform="translate(${index * WIDTH})">${drawPanel(panel, axes, colour).join('')}</g>`,
    ),
    `<g transform="translate(${panels.length * WIDTH + 12})">${legend.join('')}</g>`,
    `</svg>\n`,
  ].join('\n');
}

function drawPanel({ title, lines }: Panel, axes: Axes, colour: (name: string) => string): string[] {
  const points = lines.flatMap((line) => line.points);
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const ys = points.flatMap(({ middle, high }) => [middle, high]);
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const x = scale(Math.min(...xs), Math.max(...xs), MARGIN.left + 10, right - 10);
  const y = scale(Math.min(...ys) / 1.2, Math.max(...ys) * 1.2, bottom, MARGIN.top);
  const line = (shown: Line['points'], of: 'middle' | 'high') =>
    shown.map((point, index) => `${index === 0 ? 'M' : 'L'}${x(point.x)} ${y(point[of])}`).join('');
  return [
    text(MARGIN.left, 18, title, 'font-weight="bold"'),
    ...ticks(Math.min(...ys) / 1.2, Math.max(...ys) * 1.2).map(
      (tick) =>
        `<path d="M${MARGIN.left} ${y(tick)}H${right}" stroke="#dddddd"/>${text(MARGIN.left - 6, y(tick) + 4, String(tick), 'text-anchor="end"')}`,
    ),
    ...xs.map((tick) => text(x(tick), bottom + 16, String(tick), 'text-anchor="middle"')),
    text((MARGIN.left + right) / 2, HEIGHT - 8, axes.x, 'text-anchor="middle"'),
    text(0, 0, axes.y, `text-anchor="middle" transform="translate(14 ${(MARGIN.top + bottom) / 2}) rotate(-90)"`),
    ...lines.map(
      ({ name, points }) =>
        `<g fill="none" stroke="${colour(name)}"><path d="${line(points, 'middle')}" stroke-width="2"/><path d="${line(points, 'high')}" stroke-dasharray="4 3"/></g>`,
    ),
  ];
}

/** 1, 2, 5, 10, 20, 50 ... from the least value to the greatest. */
export function ticks(least: number, greatest: number): number[] {
  const decades = Array.from({ length: 12 }, (_none, index) => 10 ** (index - 3));
  return decades
    .flatMap((decade) => [1, 2, 5].map((step) => Number((step * decade).toPrecision(1))))
    .filter((tick) => tick >= least && tick <= greatest);
}

/** From a value to pixels, to a tenth of one. Where all values are one, it is in the middle. */
function scale(least: number, greatest: number, from: number, to: number): (value: number) => number {
  const span = Math.log(greatest) - Math.log(least);
  return (value) => {
    const share = span === 0 ? 0.5 : (Math.log(value) - Math.log(least)) / span;
    return Math.round((from + share * (to - from)) * 10) / 10;
  };
}

const text = (x: number, y: number, content: string, attributes = ''): string =>
  `<text x="${x}" y="${y}" ${attributes}>${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</text>`;
