import type { z } from 'zod';
import { infoOf, type SettingInfo } from './setting.js';

/** Lists all problems of a configuration, each with what to do. Contains no value of it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`);
  }
}

type Shape = Readonly<Record<string, z.ZodType>>;

/** How the reader knows a setting, and what it must be: as a variable or as an option. */
type DescribeSetting = (name: string, info: SettingInfo) => readonly [label: string, expected: string];

/**
 * One sentence for each setting that zod rejects. zod's own messages are not used, because they can quote values.
 * @param values what was given, to distinguish a missing setting from a wrong one
 * @param further names that are known besides those of the shape
 */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  shape: Shape,
  values: Readonly<Record<string, unknown>>,
  describe: DescribeSetting,
  further: readonly string[] = [],
): string[] {
  const sentences = issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const known = [...further, ...Object.keys(shape)];
      return issue.keys.map((key) => {
        const meant = known.find((name) => name.toLowerCase() === key.toLowerCase());
        return `${key} is an unknown option. ${meant === undefined ? `Options: ${known.join(', ')}` : `Write ${meant}`}`;
      });
    }
    const name = String(issue.path[0]);
    const schema = shape[name];
    if (schema === undefined) {
      return [];
    }
    const [label, expected] = describe(name, infoOf(schema));
    const problem = values[name] === undefined ? 'is missing: set it to' : 'is not valid: it must be';
    return `${label} ${problem} ${expected}`;
  });
  return [...new Set(sentences)];
}

/** Freezes plain objects and arrays, recursively. Keys, URLs and secrets inside stay as they are. */
export function deepFreeze<T>(value: T): T {
  if (
    Array.isArray(value) ||
    (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
  ) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
