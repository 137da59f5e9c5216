import {
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  TokenKind,
  type ValidationContext,
  visit,
} from 'graphql';
import { RequestError } from '../format-error.js';
import { fragmentsOf, isWhollyOwn, ownRootFields } from '../own-fields.js';

/** Tokens of a document: several times what the pages of a frontend need. */
export const maxTokens = 300;

/** A validation rule. It comes first, because the time of other rules grows with the square of the tokens. */
export function tokenLimitRule(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      if (!hasTooManyTokens(context.getSchema(), document)) {
        return undefined;
      }
      context.reportError(new RequestError('The query has too many tokens.'));
      // Takes the document away from all other rules.
      return null;
    },
  };
}

function hasTooManyTokens(schema: GraphQLSchema, document: DocumentNode): boolean {
  let left: number = maxTokens;
  const pending: ASTNode[] = [...ownParts(schema, document)];
  const fragments = isWhollyOwn(schema) ? undefined : fragmentsOf(document);
  for (let node = pending.pop(); node !== undefined && left >= 0; node = pending.pop()) {
    left -= countTokens(node, left + 1);
    if (left >= 0 && fragments !== undefined) {
      pending.push(...spreadIn(node, fragments));
    }
  }
  return left < 0;
}

/** In a schema of our fields alone: everything. In a merged one: our root fields, and the fragments spread in them. */
function ownParts(schema: GraphQLSchema, document: DocumentNode): readonly ASTNode[] {
  if (isWhollyOwn(schema)) {
    return document.definitions;
  }
  return document.definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION ? ownRootFields(schema, document, node) : [],
  );
}

/** Removes the fragments that it returns, so that each is returned once. */
function spreadIn(node: ASTNode, fragments: ReturnType<typeof fragmentsOf>): ASTNode[] {
  const found: ASTNode[] = [];
  visit(node, {
    FragmentSpread({ name: { value } }) {
      const fragment = fragments.get(value);
      fragments.delete(value);
      if (fragment !== undefined) {
        found.push(fragment);
      }
    },
  });
  return found;
}

/** Up to a maximum. Comments are not tokens. */
function countTokens({ loc }: ASTNode, max: number): number {
  let count = 0;
  for (let token = loc?.startToken; token != null && count < max; token = token.next ?? undefined) {
    count += token.kind === TokenKind.COMMENT ? 0 : 1;
    if (token === loc?.endToken) {
      break;
    }
  }
  return count;
}
