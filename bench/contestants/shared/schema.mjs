import { createConnectSession } from './stackone.mjs';

export const typeDefs = `
  type Query {
    ok: Boolean
  }

  enum ConnectMode {
    LINK
    RELINK
  }

  type UserError {
    code: String!
    field: String
    message: String!
  }

  type CreateConnectSessionPayload {
    token: String
    expiresAt: String
    mode: ConnectMode
    userErrors: [UserError!]!
  }

  type Mutation {
    createConnectSession(
      provider: String
      category: String
      accountId: ID
      label: String
    ): CreateConnectSessionPayload!
  }
`;

export const resolvers = {
  Mutation: {
    /** @param {unknown} _parent @param {{ provider?: string, label?: string }} request */
    createConnectSession: (_parent, request) => createConnectSession(request),
  },
};
