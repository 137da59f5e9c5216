import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLOutputType,
  getNamedType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { prepareOperation } from '../../src/graphql/prepared-operation.js';
import { readText } from '../support/package-files.js';

/** The schema of this server. Its resolvers return the value of the test and record their arguments. */
const schema = buildSchema(readText('schema.graphql'));
const field = schema.getMutationType()?.getFields()['createConnectSession'];
const linkedAccountType = schema.getType('LinkedAccount');
if (field === undefined || !isObjectType(linkedAccountType)) {
  throw new Error('The schema has changed');
}
let resolveValue: () => unknown = () => null;
let receivedArguments: unknown[] = [];
field.resolve = async (_source, args) => {
  receivedArguments.push({ ...args });
  return resolveValue();
};
const listField = schema.getQueryType()?.getFields()['linkedAccounts'];
if (listField !== undefined) {
  listField.resolve = field.resolve;
}
const providerField = linkedAccountType.getFields()['provider'];
if (providerField !== undefined) {
  providerField.resolve = () => null;
}

/** Executes the same operation with graphql-js and as a prepared operation. */
async function executeBothWays(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  receivedArguments = [];
  const expected = await execute({ schema, document, variableValues: variables });
  const actual = await prepareOperation(schema, document)({ operationName: null, variables }, {});
  return { expected, actual };
}

const asJson = (result: ExecutionResult) => JSON.parse(JSON.stringify(result));
/** Objects from graphql-js have no prototype. */
const isPrepared = ({ data }: ExecutionResult) => data != null && Object.getPrototypeOf(data) !== null;

/** A random selection of a type's fields, with aliases, fragments and duplicates. */
function selectionsOf(type: GraphQLOutputType, depth: number): fc.Arbitrary<string> {
  const named = getNamedType(type);
  if (!isObjectType(named)) {
    return fc.constant('');
  }
  const fields = Object.values(named.getFields()).filter(
    ({ type: inner, resolve }) => resolve === undefined && (depth > 0 || !isObjectType(getNamedType(inner))),
  );
  const one = fc
    .constantFrom(...fields)
    .chain(({ name, type: inner }) =>
      fc
        .tuple(fc.constantFrom('', `${name}_again: `), selectionsOf(inner, depth - 1))
        .map(([alias, selection]) => `${alias}${name} ${selection}`),
    );
  const several = fc.array(fc.oneof({ weight: 6, arbitrary: one }, fc.constant('__typename')), {
    minLength: 1,
    maxLength: 5,
  });
  return fc
    .tuple(several, several, fc.constantFrom('', `... on ${named.name}`, '...'))
    .map(([some, more, fragment]) =>
      fragment === '' ? `{ ${some.join(' ')} }` : `{ ${some.join(' ')} ${fragment} { ${more.join(' ')} } }`,
    );
}

/** A random value of a type. `misfits` is the percentage of values that do not match the type. */
function valuesOf(type: GraphQLOutputType, depth: number, misfits: number): fc.Arbitrary<unknown> {
  if (isNonNullType(type)) {
    return fc.oneof(
      {
        weight: 100 - misfits,
        arbitrary: valuesOf(type.ofType, depth, misfits).filter((value) => value !== null),
      },
      { weight: misfits, arbitrary: fc.constantFrom(null, undefined) },
    );
  }
  const fitting = isListType(type)
    ? fc.array(valuesOf(type.ofType, depth, misfits), { maxLength: depth > 0 ? 2 : 0 })
    : isObjectType(type)
      ? fc.record(
          Object.fromEntries(
            Object.values(type.getFields()).map(({ name, type: inner }) => [
              name,
              depth > 0 || !isObjectType(getNamedType(inner))
                ? valuesOf(inner, depth - 1, misfits)
                : fc.constant(isListType(inner) || isNonNullType(inner) ? [] : null),
            ]),
          ),
        )
      : isEnumType(type)
        ? fc.constantFrom(...type.getValues().map(({ value }) => value))
        : type.name === 'Boolean'
          ? fc.boolean()
          : fc.string();
  return fc.oneof(
    { weight: 90 - misfits, arbitrary: fitting },
    { weight: 10, arbitrary: fc.constant(null) },
    { weight: misfits, arbitrary: fc.constantFrom({}, 'no such value', Number.NaN) },
  );
}

describe('prepareOperation', () => {
  it('returns the result of graphql-js for random selections and values', async () => {
    const cases = fc.tuple(selectionsOf(field.type, 2), valuesOf(field.type, 2, 0));
    await fc.assert(
      fc.asyncProperty(cases, async ([selection, value]) => {
        resolveValue = () => value;
        const { expected, actual } = await executeBothWays(
          `mutation { key: createConnectSession ${selection} }`,
        );
        expect(asJson(actual)).toEqual(asJson(expected));
        expect(expected.errors).toBeUndefined();
        expect(isPrepared(actual)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('returns an error and no data when graphql-js finds a value that does not match its type', async () => {
    const cases = fc.tuple(selectionsOf(field.type, 2), valuesOf(field.type, 2, 10));
    let misfits = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ([selection, value]) => {
        resolveValue = () => value;
        const { expected, actual } = await executeBothWays(`mutation { createConnectSession ${selection} }`);
        if (expected.errors === undefined) {
          expect(asJson(actual)).toEqual(asJson(expected));
        } else {
          misfits += 1;
          expect([actual.data, actual.errors?.length]).toEqual([null, 1]);
        }
      }),
      { numRuns: 300 },
    );
    expect(misfits).toBeGreaterThan(30);
  });

  it.each([
    ['$provider: String', 'provider: $provider', { provider: 'bamboohr' }],
    ['$provider: String = "lever"', 'provider: $provider', {}],
    ['$provider: String = "lever"', 'provider: $provider', { provider: null }],
    ['$provider: String', 'provider: $provider, category: HRIS, label: null', {}],
    ['$id: ID', 'accountId: $id', { id: 7 }],
    ['$category: Category', 'category: $category, onExisting: FAIL', { category: 'ATS' }],
  ])(
    'coerces variables and arguments like graphql-js: (%s) in (%s) with %j',
    async (declared, args, variables) => {
      resolveValue = () => ({ token: 't' });
      const { expected, actual } = await executeBothWays(
        `mutation named(${declared}) { createConnectSession(${args}) { token } }`,
        variables,
      );
      expect(asJson(actual)).toEqual(asJson(expected));
      expect(isPrepared(actual)).toBe(true);
      expect(receivedArguments).toHaveLength(2);
      expect(receivedArguments[1]).toEqual(receivedArguments[0]);
    },
  );

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no session');
      },
    ],
    [
      'throws a value that is not an Error',
      () => {
        throw 'no session';
      },
    ],
    ['returns null', () => null],
  ])(
    'reports the error at the same path with the same message when the resolver %s',
    async (_name, resolver) => {
      resolveValue = resolver;
      const { expected, actual } = await executeBothWays(
        'mutation { again: createConnectSession { token userErrors { code } } }',
      );
      expect(actual.data).toBeNull();
      const [error] = expected.errors ?? [];
      const [own] = actual.errors ?? [];
      expect(own?.locations).toEqual(error?.locations);
      expect(own?.path?.[0]).toEqual('again');
      expect(own?.originalError?.message === 'no session').toBe(
        error?.originalError?.message === 'no session',
      );
    },
  );

  it('does not run and returns no `data` key when a variable is invalid', async () => {
    const query = 'mutation ($label: String) { createConnectSession(label: $label) { token } }';
    const { expected, actual } = await executeBothWays(query, { label: 7 });
    expect('data' in expected).toBe(false);
    expect('data' in actual).toBe(false);
    expect(actual.errors).toHaveLength(1);
    expect(receivedArguments).toEqual([]);
  });

  it('stops at the first of thousands of variable errors', async () => {
    const query =
      'query ($status: [LinkedAccountStatus!]) { linkedAccounts(status: $status) { nodes { id } } }';
    const { actual } = await executeBothWays(query, { status: Array(5_000).fill('NOPE') });
    expect('data' in actual).toBe(false);
    expect(actual.errors?.length).toBeLessThanOrEqual(2);
    expect(receivedArguments).toEqual([]);
  });
});

describe('prepareOperation leaves an operation to graphql-js', () => {
  it.each([
    ['directive on a field', 'mutation { createConnectSession { token @skip(if: true) mode } }'],
    [
      'directive on a fragment',
      'mutation { createConnectSession { ... @include(if: false) { token } mode } }',
    ],
    ['field with a resolver', 'mutation { createConnectSession { account { provider { key } } } }'],
    ['response key __proto__', 'mutation { createConnectSession { __proto__: token } }'],
    ['several root fields', 'mutation { createConnectSession { token } __typename }'],
    ['introspection', '{ __schema { queryType { name } } }'],
  ])('%s', async (_name, query) => {
    resolveValue = () => ({ token: 't', mode: 'LINK', account: { id: '1' } });
    const { expected, actual } = await executeBothWays(query);
    expect(asJson(actual)).toEqual(asJson(expected));
    expect(expected.data).not.toBeNull();
    expect(isPrepared(actual)).toBe(false);
  });

  it.each([
    ['unknown operationName', 'mutation one { createConnectSession { token } }', 'other'],
    [
      'two operations without operationName',
      'mutation one { createConnectSession { token } } query two { __typename }',
      null,
    ],
  ])('%s', async (_name, query, operationName) => {
    const document = parse(query);
    receivedArguments = [];
    const expected = await execute({ schema, document, operationName });
    const actual = await prepareOperation(schema, document)({ operationName, variables: {} }, {});
    expect('data' in actual).toBe(false);
    expect(asJson(actual)).toEqual(asJson(expected));
    expect(receivedArguments).toEqual([]);
  });
});
