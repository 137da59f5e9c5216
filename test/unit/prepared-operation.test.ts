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

/** The schema of this server, whose mutation gives whatever a test says and notes the arguments that it got. */
const schema = buildSchema(readText('schema.graphql'));
const field = schema.getMutationType()?.getFields()['createConnectSession'];
const linkedAccountType = schema.getType('LinkedAccount');
if (field === undefined || !isObjectType(linkedAccountType)) throw new Error('the schema has changed');
let give: () => unknown = () => null;
let got: unknown[] = [];
field.resolve = async (_source, args) => {
  got.push({ ...args });
  return give();
};
const listField = schema.getQueryType()?.getFields()['linkedAccounts'];
if (listField !== undefined) listField.resolve = field.resolve;
const ofItsOwn = linkedAccountType.getFields()['provider'];
if (ofItsOwn !== undefined) ofItsOwn.resolve = () => null;

/** The same operation by graphql-js and as it was prepared. */
async function bothWays(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  got = [];
  const expected = await execute({ schema, document, variableValues: variables });
  const actual = await prepareOperation(schema, document)({ operationName: null, variables }, {});
  return { expected, actual };
}

const asJson = (result: ExecutionResult) => JSON.parse(JSON.stringify(result));
/** graphql-js makes objects without a prototype. */
const isPrepared = ({ data }: ExecutionResult) => data != null && Object.getPrototypeOf(data) !== null;

/** A selection of a type's fields, with aliases, fragments, and the same thing twice. */
function selectionsOf(type: GraphQLOutputType, depth: number): fc.Arbitrary<string> {
  const named = getNamedType(type);
  if (!isObjectType(named)) return fc.constant('');
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

/** A value of a type, now and then one that does not fit it. */
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

describe('An operation that is prepared', () => {
  it('has the answer that graphql-js gives, whatever is selected of whatever value', async () => {
    const cases = fc.tuple(selectionsOf(field.type, 2), valuesOf(field.type, 2, 0));
    await fc.assert(
      fc.asyncProperty(cases, async ([selection, value]) => {
        give = () => value;
        const { expected, actual } = await bothWays(`mutation { key: createConnectSession ${selection} }`);
        expect(asJson(actual)).toEqual(asJson(expected));
        expect(expected.errors).toBeUndefined();
        expect(isPrepared(actual)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('gives no data, but an error, where graphql-js finds a value that does not fit its type', async () => {
    const cases = fc.tuple(selectionsOf(field.type, 2), valuesOf(field.type, 2, 10));
    let misfits = 0;
    await fc.assert(
      fc.asyncProperty(cases, async ([selection, value]) => {
        give = () => value;
        const { expected, actual } = await bothWays(`mutation { createConnectSession ${selection} }`);
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
    'reads variables and arguments as graphql-js does: (%s) in (%s) with %j',
    async (declared, args, variables) => {
      give = () => ({ token: 't' });
      const { expected, actual } = await bothWays(
        `mutation named(${declared}) { createConnectSession(${args}) { token } }`,
        variables,
      );
      expect(asJson(actual)).toEqual(asJson(expected));
      expect(isPrepared(actual)).toBe(true);
      expect(got).toHaveLength(2);
      expect(got[1]).toEqual(got[0]);
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
      'throws what is no error',
      () => {
        throw 'no session';
      },
    ],
    ['gives nothing', () => null],
  ])('fails at the same place with the same words when the resolver %s', async (_, resolver) => {
    give = resolver;
    const { expected, actual } = await bothWays(
      'mutation { again: createConnectSession { token userErrors { code } } }',
    );
    expect(actual.data).toBeNull();
    const [error] = expected.errors ?? [];
    const [own] = actual.errors ?? [];
    expect(own?.locations).toEqual(error?.locations);
    expect(own?.path?.[0]).toEqual('again');
    expect(own?.originalError?.message === 'no session').toBe(error?.originalError?.message === 'no session');
  });

  it('has not run when a variable does not fit: there is no data, not even null', async () => {
    const query = 'mutation ($label: String) { createConnectSession(label: $label) { token } }';
    const { expected, actual } = await bothWays(query, { label: 7 });
    expect('data' in expected).toBe(false);
    expect('data' in actual).toBe(false);
    expect(actual.errors).toHaveLength(1);
    expect(got).toEqual([]);
  });

  it('stops at the first of thousands of variables’ errors', async () => {
    const query =
      'query ($status: [LinkedAccountStatus!]) { linkedAccounts(status: $status) { nodes { id } } }';
    const { actual } = await bothWays(query, { status: Array(5_000).fill('NOPE') });
    expect('data' in actual).toBe(false);
    expect(actual.errors?.length).toBeLessThanOrEqual(2);
    expect(got).toEqual([]);
  });
});

describe('An operation is left to graphql-js, with the same answer,', () => {
  it.each([
    ['that has a directive', 'mutation { createConnectSession { token @skip(if: true) mode } }'],
    [
      'that has one on a fragment',
      'mutation { createConnectSession { ... @include(if: false) { token } mode } }',
    ],
    [
      'that asks for a field with a resolver',
      'mutation { createConnectSession { account { provider { key } } } }',
    ],
    [
      'that has a key which objects have by themselves',
      'mutation { createConnectSession { __proto__: token } }',
    ],
    ['that asks for several fields', 'mutation { createConnectSession { token } __typename }'],
    ['that asks for the schema', '{ __schema { queryType { name } } }'],
  ])('%s', async (_, query) => {
    give = () => ({ token: 't', mode: 'LINK', account: { id: '1' } });
    const { expected, actual } = await bothWays(query);
    expect(asJson(actual)).toEqual(asJson(expected));
    expect(expected.data).not.toBeNull();
    expect(isPrepared(actual)).toBe(false);
  });

  it.each([
    ['when another one is asked for by its name', 'mutation one { createConnectSession { token } }', 'other'],
    [
      'when it is one of two, and none is named',
      'mutation one { createConnectSession { token } } query two { __typename }',
      null,
    ],
  ])('%s', async (_, query, operationName) => {
    const document = parse(query);
    got = [];
    const expected = await execute({ schema, document, operationName });
    const actual = await prepareOperation(schema, document)({ operationName, variables: {} }, {});
    expect('data' in actual).toBe(false);
    expect(asJson(actual)).toEqual(asJson(expected));
    expect(got).toEqual([]);
  });
});
