import { z } from 'zod';

type RowReading<Row> =
  /** `unusable`: the names of optional fields that are read as absent. */
  | { readonly row: Row; readonly unusable: readonly string[] }
  /** `skippedBy`: the name of the required field that cannot be read. */
  | { readonly skippedBy: string };

/** The `params` of an issue about a field without which a row cannot be used, although its schema has it as optional. */
export const requiredField = { required: true } as const;

/** Reads a row of StackOne. An optional field in an unexpected form is read as null, and the row is still used. */
export function readRow<Row>(schema: z.ZodType<Row>, value: unknown): RowReading<Row> {
  const strict = schema.safeParse(value);
  if (strict.success) {
    return { row: strict.data, unusable: [] };
  }
  const { issues } = strict.error;
  const required = issues.find((issue) => issue.code === 'custom' && issue.params === requiredField);
  if (required !== undefined) {
    return { skippedBy: toFieldName(required) };
  }
  const lenient = schema.safeParse(issues.reduce((rest, { path }) => withNull(rest, path), value));
  return lenient.success
    ? { row: lenient.data, unusable: [...new Set(issues.map(toFieldName))] }
    : { skippedBy: lenient.error.issues.map(toFieldName)[0] ?? 'row' };
}

/** The schema of a response that is one row. */
export function lenient<Row>(schema: z.ZodType<Row>): z.ZodType<Row> {
  return z.unknown().transform((value, context) => {
    const reading = readRow(schema, value);
    if ('skippedBy' in reading) {
      context.addIssue({ code: 'custom', path: [reading.skippedBy] });
      return z.NEVER;
    }
    return reading.row;
  });
}

/** A copy of the value with null at this place. */
function withNull(value: unknown, [key, ...rest]: readonly PropertyKey[]): unknown {
  if (key === undefined || typeof value !== 'object' || value === null) {
    return null;
  }
  const inner = withNull(Reflect.get(value, key), rest);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner };
}

function toFieldName({ path }: z.core.$ZodIssue): string {
  return String(path[0] ?? 'row');
}
