import type { FastifyRequest } from 'fastify';
import { StackOneError } from './errors.js';
import { requestUrl } from './request-url.js';
import type { Settings } from './settings.js';

// StackOne documents no maximum page size. The emulator silently reduces larger values: a client that requests more
// rows and treats a short page as the last page then loses rows in tests, not in production.
const maxPageSize = 100;

export function parseQuery(request: FastifyRequest): URLSearchParams {
  return requestUrl(request).searchParams;
}

/** A list parameter in the one format that StackOne documents: `a=1&a=2`. A comma is a part of a value. */
export function listParameter(query: URLSearchParams, name: string): string[] {
  return query.getAll(name).filter(Boolean);
}

function integerParameter(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null || text === '') {
    return fallback;
  }
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) {
    throw new StackOneError(400, `${name} must be a non-negative integer`);
  }
  return value;
}

interface Page<Row> {
  page: number;
  page_size: number;
  total: number;
  data: Row[];
}

export function paginate<Row>(
  rows: readonly Row[],
  query: URLSearchParams,
  { oddPaging }: Pick<Settings, 'oddPaging'>,
): Page<Row> {
  const requested = Math.min(maxPageSize, Math.max(1, integerParameter(query, 'page_size', 25)));
  const size = oddPaging === 'short' ? Math.max(1, requested - 1) : requested;
  const first = oddPaging === 'zero-based' ? 0 : 1;
  const last = Math.max(0, Math.ceil(rows.length / size) - 1);
  const wanted = Math.max(0, integerParameter(query, 'page', first) - first);
  const page = oddPaging === 'repeat-last' ? Math.min(wanted, last) : wanted;
  const data = rows.slice(page * size, (page + 1) * size);
  return { page: page + first, page_size: size, total: rows.length, data };
}
