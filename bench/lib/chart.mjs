import { titleOf } from './contestants.mjs';
import { escapeXml } from './xml.mjs';

const width = 860;
const rowHeight = 34;
const head = 58;
const barStart = 392;
const barEnd = width - 70;

/**
 * Draws a bar chart: the processor time of a mutation, as a multiple of the processor time of `limit`. The colors are
 * readable on light and dark backgrounds.
 * @param {import('./summary.mjs').Summary} summary
 */
export function drawChart({ contestants }) {
  const largest = Math.max(...contestants.map(({ ratio }) => ratio));
  const height = head + contestants.length * rowHeight + 6;
  const title = 'Processor time per mutation, as a multiple of the limit';
  const rows = contestants.map(({ name, ratio, cpuMicroseconds }, index) => {
    const y = head + index * rowHeight;
    const length = ((barEnd - barStart) * ratio) / largest;
    const kind = name === 'ours' || name === 'limit' ? name : 'other';
    return `<g class="${kind}">
<text x="${barStart - 10}" y="${y + 17}" text-anchor="end">${escapeXml(titleOf(name))}</text>
<rect x="${barStart}" y="${y}" width="${length.toFixed(1)}" height="24" rx="3"/>
<text class="figure" x="${(barStart + length + 8).toFixed(1)}" y="${y + 17}">${ratio.toFixed(1)} ×</text>
<title>${escapeXml(`${titleOf(name)}: ${cpuMicroseconds.toFixed(0)} µs`)}</title>
</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${title}</title>
<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #57606a }
.heading { font-size: 16px; font-weight: 600 }
.figure { font-weight: 600 }
.ours text { font-weight: 600; fill: #0b7a4b }
.ours rect { fill: #14a06a }
.limit rect { fill: #57606a }
.other rect { fill: #8c96a3 }
@media (prefers-color-scheme: dark) {
  text { fill: #adbac7 }
  .ours text { fill: #3ccf94 }
  .limit rect { fill: #cdd9e5 }
  .other rect { fill: #768390 }
}
</style>
<text class="heading" x="4" y="22">${title}</text>
<text x="4" y="42">Shorter is better. 1.0 is a bare proxy: no GraphQL, no checks.</text>
${rows.join('\n')}
</svg>
`;
}
