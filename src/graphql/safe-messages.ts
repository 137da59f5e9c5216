/**
 * Messages of graphql-js and Apollo Server about a client's document and variables. Some quote values, which can be
 * secrets. Only messages of this list reach a client; every other one is replaced by the message of its code.
 *
 * `%` stands for a quoted name or type. A message that quotes a value is cut before the value.
 */
const templates = [
  // Validation (graphql-js, specifiedRules)
  'The % definition is not executable.',
  'The schema definition is not executable.',
  'There can be only one operation named %.',
  'This anonymous operation must be the only defined operation.',
  'Unknown type %.',
  'Fragment cannot condition on non composite type %.',
  'Fragment % cannot condition on non composite type %.',
  'Variable % cannot be non-input type %.',
  'Field % must not have a selection since type % has no subfields.',
  'Field % of type % must have a selection of subfields.',
  'Cannot query field % on type %.',
  'There can be only one fragment named %.',
  'Unknown fragment %.',
  'Fragment % is never used.',
  'Fragment % cannot be spread here as objects of type % can never be of type %.',
  'Fragment cannot be spread here as objects of type % can never be of type %.',
  'Cannot spread fragment % within itself.',
  'There can be only one variable named %.',
  'Variable % is not defined by operation %.',
  'Variable % is not defined.',
  'Variable % is never used in operation %.',
  'Variable % is never used.',
  'Anonymous Subscription must select only one top level field.',
  'Subscription % must select only one top level field.',
  'Anonymous Subscription must not select an introspection top level field.',
  'Subscription % must not select an introspection top level field.',
  'Unknown directive %.',
  'The directive % can only be used once at this location.',
  'Unknown argument % on field %.',
  'Unknown argument % on directive %.',
  'There can be only one argument named %.',
  'There can be only one input field named %.',
  'Field % of required type % was not provided.',
  'Field % is not defined by type %.',
  'Field % argument % of type % is required, but it was not provided.',
  'Directive % argument % of type % is required, but it was not provided.',
  'Variable % of type % used in position expecting type %.',
  'Too many validation errors, error limit reached. Validation aborted.',
  'Maximum introspection depth exceeded',
  // Variables and arguments
  'Variable % of required type % was not provided.',
  'Variable % of non-null type % must not be null.',
  'Variable % expected value of type % which cannot be used as an input type.',
  'Too many errors processing variables, error limit reached. Execution aborted.',
  // Operations
  'Must provide an operation.',
  'Must provide operation name if query contains multiple operations.',
  // Apollo Server
  'POST body missing, invalid Content-Type, or JSON object has no keys.',
  'GraphQL queries must be strings.',
  '`variables` in a POST body should be provided as an object, not a recursively JSON-encoded string.',
  '`extensions` in a POST body should be provided as an object, not a recursively JSON-encoded string.',
  '`variables` in a POST body must be an object if provided.',
  '`extensions` in a POST body must be an object if provided.',
  '`operationName` in a POST body must be a string if provided.',
  'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.',
  'Operation batching disabled.',
  // This text tells clients with automatic persisted queries that they must send the document.
  'PersistedQueryNotSupported',
];

const name = '"[@$]?[_A-Za-z][\\w.]*"';
const type = '"\\[*[_A-Za-z][\\w.]*[\\]!]*"';
const suggestion = '( Did you mean [^:]{1,200}\\?)?';

const safePatterns = templates.map((template) => {
  const escaped = template.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('%', `(?:${name}|${type})`)}${suggestion}$`);
});

/** Messages that continue with a value or with a long explanation, and what is shown of them. */
const cutPatterns: readonly (readonly [pattern: RegExp, shown: string])[] = [
  [/^(Syntax Error: [A-Z][\w ,.:<>()+-]*?):? ?".*$/s, '$1.'],
  [/^(Syntax Error: Unexpected <EOF>|Syntax Error: Document contains more tha[nt] \d+ tokens).*$/s, '$1.'],
  [/^(Syntax Error: (?:Unterminated string|Invalid number|Unexpected character))\b.*$/s, '$1.'],
  [/^Unknown operation named ".*$/s, 'The document contains no operation with this name.'],
  [/^(Argument "\w+") .*$/s, '$1 has a value that does not match its type.'],
  [/^(Variable "\$\w+") got invalid value .*$/s, '$1 has a value that does not match its type.'],
  [/^(Expected value of type "[\w[\]!]+"), found .*$/s, '$1.'],
  [/^(\w+ cannot represent [a-z -]*value): .*$/s, '$1.'],
  [/^(Enum "\w+" cannot represent non-(?:enum|string) value): .*$/s, '$1.'],
  [/^Value ".*" (does not exist in "\w+" enum)\b.*$/s, 'The value $1.'],
  [/^(Cannot spread fragment "\w+" within itself) via .*$/s, '$1.'],
  [/^(Directive "@\w+" may not be used on [A-Z_]+\.)$/, '$1'],
  [/^(Fields "\w+" conflict) because .*$/s, '$1. Use different aliases to select both.'],
  [/^GraphQL introspection is not allowed by Apollo Server\b.*$/s, 'Introspection is disabled.'],
  // The CSRF protection of Apollo Server, for every type that a form of another site can send.
  [
    /^This operation has been blocked as a potential Cross-Site Request Forgery .*$/s,
    'Send the operation as application/json.',
  ],
  [/^An 'accept' header was provided for this request which does not accept .*$/s, 'Accept application/json.'],
  [/^GraphQL queries must be strings\. .*$/s, 'GraphQL queries must be strings.'],
];

/** @returns what of a message can be shown to the client, or undefined for a message that is not known */
export function safeMessage(message: string): string | undefined {
  if (safePatterns.some((pattern) => pattern.test(message))) {
    return message;
  }
  const cut = cutPatterns.find(([pattern]) => pattern.test(message));
  return cut && message.replace(cut[0], cut[1]);
}
