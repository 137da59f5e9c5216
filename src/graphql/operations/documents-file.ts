import { readFileSync } from 'node:fs';
import { type DocumentNode, GraphQLError, Kind, parse } from 'graphql';
import { z } from 'zod';
import { ConfigError } from '../../config/config-error.js';
import { RequestError } from '../format-error.js';
import { safeMessage } from '../safe-messages.js';
import { documentIdOf, type TrustedDocument } from './trusted-documents.js';

/** The syntax of Appendix A of https://graphql.github.io/graphql-over-http/draft/. */
const idPattern = /^(sha256:[0-9a-f]{64}|(x-[\w.~-]{1,64}:)?[\w.~-]{1,128})$/;

const fileSchema = z.union([
  z.array(z.string()).transform((texts) => texts.map((text): TrustedDocument => ({ text }))),
  // `@apollo/generate-persisted-query-manifest` writes this form.
  z
    .object({
      format: z.literal('apollo-persisted-query-manifest'),
      version: z.literal(1),
      operations: z.array(z.object({ id: z.string(), body: z.string() })),
    })
    .transform(({ operations }) => operations.map(({ id, body }) => ({ id, text: body }))),
  // The client preset of graphql-codegen writes this form too.
  z.record(z.string(), z.string()).transform((texts) => Object.entries(texts).map(([id, text]) => ({ id, text }))),
]);

const file = 'The file of trusted documents';

/**
 * @param findErrors validates a document against the schema and the query limits
 * @throws ConfigError that lists the problems of all documents
 */
export function readDocumentsFile(
  path: string,
  findErrors: (document: DocumentNode) => readonly GraphQLError[],
): readonly TrustedDocument[] {
  const documents = parseFile(path);
  const seen = new Map<string, string>();
  const problems = documents.flatMap(({ id, text }, index) => {
    const found = [...idProblems(id, text, seen), ...textProblems(text, findErrors)];
    return found.map((problem) => `${file}: document ${index + 1}: ${problem}`);
  });
  if (problems.length > 0) {
    throw new ConfigError(problems);
  }
  return documents;
}

function parseFile(path: string): readonly TrustedDocument[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const unreadable = 'cannot be read: check its path, and whether the user of the server may read it';
    throw new ConfigError([`${file} ${error instanceof SyntaxError ? 'is not JSON' : unreadable}`]);
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) {
    const forms = 'a list of texts, a map from ids to texts, or a persisted query manifest of Apollo (version 1)';
    throw new ConfigError([`${file} must be ${forms}`]);
  }
  return parsed.data;
}

function idProblems(id: string | undefined, text: string, seen: Map<string, string>): string[] {
  if (id === undefined) {
    return [];
  }
  const problems = [];
  if (!idPattern.test(id)) {
    problems.push('its id must be sha256: with 64 lower-case hexadecimal digits, or 1 to 128 of A-Z a-z 0-9 - . _ ~');
  } else if (id.startsWith('sha256:') && id !== documentIdOf(text)) {
    problems.push('its id is not the hash of its text');
  }
  if (seen.has(id) && seen.get(id) !== text) {
    problems.push('another document has the same id');
  }
  seen.set(id, text);
  return problems;
}

/** graphql-js quotes values of a document, which can be secrets: they are left out. */
function textProblems(text: string, findErrors: (document: DocumentNode) => readonly GraphQLError[]): string[] {
  try {
    const document = parse(text);
    const hasOperation = document.definitions.some(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    return hasOperation ? findErrors(document).map(describe) : ['it contains no operation'];
  } catch (error) {
    return [(error instanceof GraphQLError && safeMessage(error.message)) || 'it is not valid GraphQL'];
  }
}

function describe(error: GraphQLError): string {
  return error instanceof RequestError ? error.message : (safeMessage(error.message) ?? 'it does not match the schema');
}
