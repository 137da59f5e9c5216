import { escapeXml } from '../lib/xml.mjs';
import { rankSelfTimes } from './call-tree.mjs';

/** @typedef {import('./call-tree.mjs').Frame} Frame */

const width = 1200;
const rowHeight = 17;
const head = 54;
const letterWidth = 6.7;
/** Narrower rectangles are not visible. */
const minWidth = 0.4;

/** For the packages with the most self time. */
const colors = ['#2f6db0', '#b5542d', '#3f7f4a', '#8e5a94', '#a8434f', '#87681f', '#2f7f86'];
/** For other packages, and for Node.js and native code. */
const otherColor = '#7c6f64';
const nodeColor = '#6e7781';

/**
 * Draws a flame graph from top to bottom. The width of a call is its total time, the color is its package.
 * @param {Frame} tree
 * @param {string} name
 * @param {number} requests
 */
export function drawFlames(tree, name, requests) {
  const packages = rankSelfTimes(tree, ({ owner }) => owner)
    .map(([owner]) => owner)
    .filter(isPackage)
    .slice(0, colors.length);
  const colorOf = (/** @type {string} */ owner) =>
    isPackage(owner) ? (colors[packages.indexOf(owner)] ?? otherColor) : nodeColor;
  /** @type {string[]} */
  const shapes = [];
  let rows = 0;

  /** @param {Frame} frame @param {number} x @param {number} row */
  const drawCalls = (frame, x, row) => {
    let left = x;
    for (const call of [...frame.calls.values()].sort((a, b) => b.total - a.total)) {
      const size = (call.total / tree.total) * width;
      if (size >= minWidth) {
        rows = Math.max(rows, row + 1);
        shapes.push(drawFrame(call, left, head + row * rowHeight, size));
        drawCalls(call, left, row + 1);
      }
      left += size;
    }
  };

  /** @param {Frame} frame @param {number} x @param {number} y @param {number} size */
  const drawFrame = ({ place, owner, total }, x, y, size) => {
    const microseconds = (total / requests).toFixed(1);
    const letters = Math.floor((size - 6) / letterWidth);
    const label =
      letters < 3 ? '' : `<text x="${round(x + 3)}" y="${y + 12}">${escapeXml(place.slice(0, letters))}</text>`;
    const box = `<rect x="${round(x)}" y="${y}" width="${round(size)}" height="${rowHeight - 1}" fill="${colorOf(owner)}"/>`;
    return `<g><title>${escapeXml(`${place} (${owner}): ${microseconds} µs`)}</title>${box}${label}</g>`;
  };

  drawCalls(tree, 0, 0);
  const title = `${name}: ${(tree.total / requests).toFixed(0)} µs of main thread time per mutation`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${head + rows * rowHeight + 4}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="11" role="img">
<title>${escapeXml(title)}</title>
<style>
text { fill: #fff; pointer-events: none }
.head { fill: #57606a }
@media (prefers-color-scheme: dark) { .head { fill: #adbac7 } }
</style>
<text class="head" x="4" y="16" font-size="14">${escapeXml(title)}</text>
${drawLegend([...packages, 'Node'].map((owner) => [owner, colorOf(owner)]))}
${shapes.join('\n')}
</svg>
`;
}

/** @param {string} owner */
function isPackage(owner) {
  return !/^(node|native|\(.*)$/i.test(owner);
}

/** @param {readonly (readonly [name: string, color: string])[]} entries */
function drawLegend(entries) {
  let x = 4;
  return entries
    .map(([name, color]) => {
      const at = x;
      x += 32 + name.length * letterWidth;
      return `<rect x="${round(at)}" y="28" width="10" height="10" fill="${color}"/><text class="head" x="${round(at + 15)}" y="37">${escapeXml(name)}</text>`;
    })
    .join('\n');
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}
