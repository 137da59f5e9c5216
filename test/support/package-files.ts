import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../..', import.meta.url));

export function inPackage(path: string): string {
  return join(packageFolder, path);
}

export function readText(path: string): string {
  return readFileSync(inPackage(path), 'utf8');
}

/** The code blocks of one language in a Markdown document. */
export function codeBlocks(path: string, language: string): string[] {
  const blocks = readText(path).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...blocks].map((match) => match[1] ?? '');
}

/** The TypeScript files below a folder, as paths relative to the package. */
export function sourceFiles(folder: string): string[] {
  return readdirSync(inPackage(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(packageFolder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.includes('generated/'))
    .sort();
}

/** The imports of a file: package names, and files of this project as paths relative to the package. */
export function importsOf(path: string): string[] {
  const specifiers = [...readText(path).matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  return specifiers.map((specifier) =>
    specifier.startsWith('.') ? join(path, '..', specifier).replace(/\.js$/, '.ts') : specifier,
  );
}
