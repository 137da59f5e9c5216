import { contestants, titleOf } from './contestants.mjs';
import { escapeXml } from './xml.mjs';

const width = 860;
const rowHeight = 34;
const head = 58;
const barStart = 392;
const barEnd = width - 110;

/**
 * The charts by the names of their files. Their colors are readable on light and dark backgrounds.
 * @param {import('./summary.mjs').Summary} summary
 * @returns {Record<string, string>}
 */
export function drawCharts({ session, page, start }) {
  const limitNote = 'Shorter is better. 1.0 is a bare proxy: no GraphQL, no checks.';
  return {
    ...(session && {
      'session.svg': drawBars(
        'createConnectSession: processor time as a multiple of a bare proxy',
        limitNote,
        session.map(({ name, ratio }) => ({ name, value: ratio, text: `${ratio.toFixed(1)} ×` })),
      ),
    }),
    ...(page && { 'page.svg': drawLines(page) }),
    ...(start && {
      'start.svg': drawBars(
        'Time from the start of the process to the first response, on one core',
        'Shorter is better.',
        start.map(({ name, firstResponseMs: ms }) => ({ name, value: ms, text: `${ms.toFixed(0)} ms` })),
      ),
      'memory.svg': drawBars(
        'Memory of a warm process',
        'Shorter is better.',
        start
          .filter(({ warmMiB }) => Number.isFinite(warmMiB))
          .map(({ name, warmMiB }) => ({ name, value: warmMiB, text: `${warmMiB.toFixed(0)} MiB` })),
      ),
    }),
  };
}

/**
 * @param {string} title
 * @param {string} note
 * @param {readonly { name: string, value: number, text: string }[]} bars
 */
function drawBars(title, note, bars) {
  const sorted = bars.toSorted((a, b) => a.value - b.value);
  const largest = Math.max(...sorted.map(({ value }) => value));
  const rows = sorted.map(({ name, value, text }, index) => {
    const y = head + index * rowHeight;
    const length = ((barEnd - barStart) * value) / largest;
    return `<g class="${classOf(name)}">
<text x="${barStart - 10}" y="${y + 17}" text-anchor="end">${escapeXml(titleOf(name))}</text>
<rect x="${barStart}" y="${y}" width="${length.toFixed(1)}" height="24" rx="3"/>
<text class="figure" x="${(barStart + length + 8).toFixed(1)}" y="${y + 17}">${text}</text>
</g>`;
  });
  const note2 = `${note} Green: this package. Dark: the same guards from other packages.`;
  return svg(title, note2, head + sorted.length * rowHeight + 6, rows);
}

const plotHeight = 300;
const plotEnd = 500;
const plotStart = 60;

/** The processor time of the page by the number of providers. @param {NonNullable<import('./summary.mjs').Summary['page']>} page */
function drawLines({ sizes, growth }) {
  const lines = growth.map(({ name }) => ({
    name,
    points: sizes.flatMap(({ size, costs }) => {
      const cost = costs.find((found) => found.name === name);
      return cost === undefined ? [] : [{ size, ms: cost.cpuMicroseconds / 1000 }];
    }),
  }));
  const most = Math.max(...sizes.map(({ size }) => size));
  const longest = Math.max(...lines.flatMap(({ points }) => points.map(({ ms }) => ms)));
  const toX = (/** @type {number} */ size) => plotStart + ((plotEnd - plotStart) * size) / most;
  const toY = (/** @type {number} */ ms) => head + plotHeight * (1 - ms / longest);
  const bottom = head + plotHeight;
  const axis = [
    ...sizes.map(
      ({ size }) => `<text x="${toX(size).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${size}</text>`,
    ),
    ...[0, 0.5, 1].map((part) => {
      const y = toY(longest * part);
      return `<path class="grid" d="M${plotStart} ${y.toFixed(1)}H${plotEnd}"/><text x="${plotStart - 8}" y="${(y + 4).toFixed(1)}" text-anchor="end">${(longest * part).toFixed(1)}</text>`;
    }),
  ];
  const ends = spread(lines.map(({ name, points }) => ({ name, y: toY(points.at(-1)?.ms ?? 0) })));
  const drawn = lines.map(({ name, points }) => {
    const path = points.map(({ size, ms }) => `${toX(size).toFixed(1)} ${toY(ms).toFixed(1)}`).join('L');
    return `<g class="${classOf(name)}"><path class="line" d="M${path}"/><text x="${plotEnd + 8}" y="${(ends.get(name) ?? 0).toFixed(1)}">${escapeXml(titleOf(name))}</text></g>`;
  });
  const note = 'Milliseconds by the number of providers in the catalog. Lower is better.';
  return svg('The query of the page: processor time', note, bottom + 28, [...axis, ...drawn]);
}

/** Moves labels apart. @param {readonly { name: string, y: number }[]} labels */
function spread(labels) {
  /** @type {Map<string, number>} */
  const places = new Map();
  let next = 0;
  for (const { name, y } of labels.toSorted((a, b) => a.y - b.y)) {
    next = Math.max(y + 4, next);
    places.set(name, next);
    next += 16;
  }
  return places;
}

/** @param {string} name */
function classOf(name) {
  return (contestants.get(name)?.guards ?? 'no guards').replace(' ', '-');
}

/** @param {string} title @param {string} note @param {number} height @param {readonly string[]} parts */
function svg(title, note, height, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${escapeXml(title)}</title>
<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #57606a }
.heading { font-size: 16px; font-weight: 600 }
.figure { font-weight: 600 }
.grid { stroke: #57606a; stroke-opacity: 0.25 }
.line { fill: none; stroke: #8c96a3; stroke-width: 2 }
.ours text { font-weight: 600; fill: #0b7a4b }
.ours rect { fill: #14a06a }
.ours .line { stroke: #14a06a; stroke-width: 3 }
.same-guards rect { fill: #3d4752 }
.same-guards .line { stroke: #3d4752 }
.limit rect, .no-guards rect { fill: #b3bbc4 }
.limit .line { stroke: #b3bbc4 }
@media (prefers-color-scheme: dark) {
  text { fill: #adbac7 }
  .grid { stroke: #adbac7 }
  .ours text { fill: #3ccf94 }
  .same-guards rect { fill: #cdd9e5 }
  .same-guards .line { stroke: #cdd9e5 }
  .limit rect, .no-guards rect { fill: #57636f }
  .limit .line, .no-guards .line { stroke: #57636f }
}
</style>
<text class="heading" x="4" y="22">${escapeXml(title)}</text>
<text x="4" y="42">${escapeXml(note)}</text>
${parts.join('\n')}
</svg>
`;
}
