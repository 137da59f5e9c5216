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

/**
 * One sentence for each setting that zod rejects. zod's own messages are not used, because they can quote values.
 * @param values what was given, to distinguish a missing setting from a wrong one
 * @param labelOf how the reader knows the setting: by its variable or by its option
 */
export function describeIssues(
  issues: readonly z.core.$ZodIssue[],
  shape: Shape,
  values: Readonly<Record<string, unknown>>,
  labelOf: (name: string, info: SettingInfo) => string,
): string[] {
  const sentences = issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => `${key} is an unknown setting. Settings: ${Object.keys(shape).join(', ')}`);
    }
    const name = String(issue.path[0]);
    const schema = shape[name];
    if (schema === undefined) {
      return [];
    }
    const info = infoOf(schema);
    const problem = values[name] === undefined ? 'is missing: set it to' : 'is not valid: it must be';
    return `${labelOf(name, info)} ${problem} ${info.expected}`;
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
