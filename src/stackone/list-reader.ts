import { setImmediate as nextTurn } from 'node:timers/promises';
import type { z } from 'zod';
import type { Observability } from '../observability/observability.js';
import type { RequestContext } from '../observability/request-context.js';
import type { StackOneHttpClient } from './http/client.js';
import type { QueryParameters } from './http/transport.js';
import type { Page } from './records.js';
import { readRow } from './rows.js';
import { listResponse } from './schemas.js';

/** Rows of one page that are read. The walk through the pages of a list ends at the same number. */
export const maxRows = 5_000;

/** Rows that are read before other work of the process continues. */
const rowsPerTurn = 100;

const listPaths = ['/accounts', '/connector_profiles', '/auth_configs', '/connectors/meta'] as const;

interface ListRequest<Row> {
  readonly path: (typeof listPaths)[number];
  readonly query: QueryParameters;
  readonly maxBytes: number;
  readonly row: z.ZodType<Row>;
  readonly context: RequestContext;
}

/**
 * Reads lists row by row, so that a row that cannot be read does not affect the others. A row that is left out is reported
 * with the name of its field, because an account of a customer or a provider of the project is then missing.
 */
export class ListReader {
  readonly #http: StackOneHttpClient;
  readonly #observability: Observability;

  constructor(http: StackOneHttpClient, observability: Observability) {
    this.#http = http;
    this.#observability = observability;
    for (const path of listPaths) {
      observability.metrics.addSkippedRows(path, 0);
    }
  }

  /** @returns undefined after 404 */
  async read<Row>(request: ListRequest<Row>): Promise<Page<Row> | undefined> {
    const { path, query, maxBytes, context } = request;
    let bytes = 0;
    const onSize = (size: number) => {
      bytes = size;
    };
    const response = await this.#http.request({
      method: 'GET',
      path,
      query,
      maxBytes,
      context,
      schema: listResponse,
      onSize,
    });
    if (response === undefined) {
      return undefined;
    }
    const { data, total, pageSize } = response;
    const rows = await this.#readRows(request, data);
    return { rows, rowCount: data.length, total, pageSize, bytes };
  }

  async #readRows<Row>(request: ListRequest<Row>, values: readonly unknown[]): Promise<Row[]> {
    const rows: Row[] = [];
    const skipped = new Map<string, number>();
    const unusable = new Map<string, number>();
    for (const [index, value] of values.slice(0, maxRows).entries()) {
      const reading = readRow(request.row, value);
      if ('skippedBy' in reading) {
        count(skipped, reading.skippedBy);
      } else {
        rows.push(reading.row);
        reading.unusable.forEach((field) => {
          count(unusable, field);
        });
      }
      if (index % rowsPerTurn === rowsPerTurn - 1) {
        await nextTurn();
      }
    }
    this.#report(request, skipped, unusable);
    return rows;
  }

  /** Names of fields and numbers only, no value of a row. */
  #report(
    { path, context }: Pick<ListRequest<unknown>, 'path' | 'context'>,
    skipped: ReadonlyMap<string, number>,
    unusable: ReadonlyMap<string, number>,
  ): void {
    const { logger, metrics } = this.#observability;
    const line = { requestId: context.id, list: path };
    if (skipped.size > 0) {
      skipped.forEach((rows) => {
        metrics.addSkippedRows(path, rows);
      });
      const fields = { ...line, alert: 'stackone-rows-skipped', skipped: describe(skipped) };
      logger.error(fields, 'StackOne listed rows that cannot be read: they are left out');
    }
    if (unusable.size > 0) {
      logger.warn(
        { ...line, unusable: describe(unusable) },
        'StackOne listed fields that cannot be read: they are null',
      );
    }
  }
}

/** Whether none of the rows of a page can be read. Such a page shows nothing about those that follow. */
export function isUnreadable({ rows, rowCount }: Page<unknown>): boolean {
  return rows.length === 0 && rowCount > 0;
}

function count(counts: Map<string, number>, field: string): void {
  counts.set(field, (counts.get(field) ?? 0) + 1);
}

/** `id 2, provider 1` */
function describe(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([field, rows]) => `${field} ${rows}`).join(', ');
}
