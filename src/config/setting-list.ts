import type { z } from 'zod';
import { infoOf, type SettingInfo } from './setting.js';
import { type Config, createSettings } from './settings.js';

/** One setting as documents show it. */
interface SettingRow extends Pick<SettingInfo, 'variable' | 'description'> {
  readonly option: string;
  /** Other names of the variable, by convention. */
  readonly otherVariables: readonly string[];
  /** `<variable>_FILE`, where there is one. */
  readonly fileVariable: string | undefined;
  /** In Markdown; empty when there is none. */
  readonly defaultText: string;
  /** Whether `startConnect` has it too. */
  readonly isEmbedded: boolean;
}

/** For `--help` and the documents. */
export function listSettings(): SettingRow[] {
  const { embedded, standalone } = createSettings(false);
  return Object.entries<z.ZodType>(standalone.shape).map(([option, schema]) => {
    const { variable, otherVariables = [], canBeFile, description, defaultText } = infoOf(schema);
    const { data } = schema.safeParse(undefined);
    return {
      option,
      variable,
      otherVariables,
      fileVariable: canBeFile && `${variable}_FILE`,
      description,
      defaultText: defaultText ?? (data === undefined ? '' : `\`${data}\``),
      isEmbedded: option in embedded.shape,
    };
  });
}

/**
 * The values of all settings, by variable, for one log line. Of secrets, keys and metadata, it shows only whether they are
 * set. Of `EVENTS_URL` it shows the origin: the path of a URL that receives events is often a secret.
 */
export function summarizeConfig(config: Config): Record<string, string | number | boolean> {
  const values: ReadonlyMap<string, unknown> = new Map(Object.entries(config));
  const rows = listSettings().map(({ option, variable }) => [variable, summarize(values.get(option))] as const);
  return {
    ...Object.fromEntries(rows),
    NODE_ENV: config.production ? 'production' : 'development',
    EVENTS_URL: summarize(config.eventsUrl?.origin),
  };
}

function summarize(value: unknown): string | number | boolean {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (value instanceof URL) {
    return value.href;
  }
  return Array.isArray(value) ? value.join(',') : value === undefined ? '[not set]' : '[set]';
}
