import { z } from 'zod';
import { AppError } from '../domain/app-error.js';
import { accountIdPattern } from '../domain/linked-account.js';

/** A place in the numbered pages of a list. */
export interface Position {
  /** From 1. */
  readonly page: number;
  /** Of the row on its page, from 0. */
  readonly index: number;
}

/** 2,500,000 accounts of one owner. A forged cursor must not send StackOne any number. */
const maxPage = 100_000;
const cursorSchema = z.tuple([z.int().min(1).max(maxPage), z.int().min(0), z.string().regex(accountIdPattern)]);

/** Opaque to clients: the place of an account and its id. */
export function encodeCursor({ page, index }: Position, id: string): string {
  return Buffer.from(JSON.stringify([page, index, id])).toString('base64url');
}

/** @throws AppError `BAD_USER_INPUT` for text that is not one of these cursors */
export function decodeCursor(cursor: string): Position & { readonly id: string } {
  try {
    const [page, index, id] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    return { page, index, id };
  } catch {
    throw new AppError('BAD_USER_INPUT', 'the cursor is not valid', {
      publicMessage: '`after` is not valid: set it to the `endCursor` of an earlier response.',
    });
  }
}
