import { z } from 'zod';
import { AppError } from '../domain/app-error.js';
import { accountIdPattern, type LinkedAccount } from '../domain/linked-account.js';

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

/** An account in a list. Its cursor is encoded when it is read, because most pages need only the last one. */
export class AccountEdge {
  readonly node: LinkedAccount;
  readonly #position: Position;

  constructor(node: LinkedAccount, position: Position) {
    this.node = node;
    this.#position = position;
  }

  /** Opaque to clients: the place of the account and its id. */
  get cursor(): string {
    const { page, index } = this.#position;
    return Buffer.from(JSON.stringify([page, index, this.node.id])).toString('base64url');
  }
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
