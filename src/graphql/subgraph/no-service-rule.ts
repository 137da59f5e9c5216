import type { ASTVisitor, ValidationContext } from 'graphql';
import { RequestError } from '../format-error.js';

/** A validation rule for a server without introspection: `_service` is the whole schema too. */
export function noServiceRule(context: ValidationContext): ASTVisitor {
  return {
    Field({ name }) {
      if (name.value === '_service' && context.getParentType() === context.getSchema().getQueryType()) {
        context.reportError(new RequestError('Introspection is disabled.'));
      }
    },
  };
}
