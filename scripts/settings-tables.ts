import { listSettings } from '../src/config/setting-list.js';

const start = '<!-- settings:start -->\n';
const end = '\n<!-- settings:end -->';

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n').replaceAll('| --- ', '|---').replace('--- |', '---|');
}

const code = (text: string) => `\`${text}\``;
// A pipe would end the cell.
const cell = (text: string) => text.replaceAll('|', '\\|');

/** The rows of docs/configuration.md. */
function variables(): string {
  const rows = listSettings().flatMap(({ variable, fileVariable, description, defaultText }) => {
    const row = [code(variable), cell(description), defaultText || 'none'];
    return fileVariable === undefined
      ? [row]
      : [
          row,
          [
            code(fileVariable),
            `Path of a file that contains the value of \`${variable}\`. Set only one of the two.`,
            'none',
          ],
        ];
  });
  return table(['Variable', 'Meaning', 'Default'], rows);
}

/** The rows of docs/embedding.md. */
function options(): string {
  const rows = listSettings()
    .filter(({ isEmbedded }) => isEmbedded)
    .map(({ option, variable, description, defaultText }) => [
      code(option),
      code(variable),
      cell(description),
      defaultText || 'none',
    ]);
  return table(['Option', 'Variable', 'Meaning', 'Default'], rows);
}

function replaceTable(document: string, rows: string): string {
  const [before, rest = ''] = document.split(start);
  const [, after = ''] = rest.split(end);
  return `${before}${start}${rows}${end}${after}`;
}

/** The documents with a table of settings, and how each is brought up to date. */
export const settingsDocuments = [
  { name: 'docs/configuration.md', update: (text: string) => replaceTable(text, variables()) },
  { name: 'docs/embedding.md', update: (text: string) => replaceTable(text, options()) },
];
