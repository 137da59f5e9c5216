import shutil
d='/work/main/dist-p'; shutil.rmtree(d, ignore_errors=True); shutil.copytree('/work/main/dist-d', d)
p=f'{d}/src/graphql/known-operations.js'; s=open(p).read()
old=s[s.index("        const result = await execute({"):s.index("        // Without data nothing has run")]
s=s.replace(old,'''        const plan = known.plan ??= compile(this.#schema, document);
        const result = await plan(contextValue, variableValues ?? {});
''')
s=s.replace("import { execute, getOperationAST, } from 'graphql';","import { execute, getOperationAST, getVariableValues, getArgumentValues, isNonNullType, isListType, isLeafType } from 'graphql';")
s+='''
function compile(schema, document) {
  const operation = document.definitions.find((d) => d.kind === 'OperationDefinition');
  const fragments = Object.fromEntries(document.definitions.filter((d) => d.kind === 'FragmentDefinition').map((d) => [d.name.value, d]));
  const root = schema.getRootType(operation.operation);
  const node = operation.selectionSet.selections[0];
  const def = root.getFields()[node.name.value];
  const key = node.alias?.value ?? node.name.value;
  const project = projector(def.type, node.selectionSet, fragments);
  const info = { fieldName: def.name, fieldNodes: [node], returnType: def.type, parentType: root, path: { prev: undefined, key, typename: root.name }, schema, fragments, rootValue: undefined, operation, variableValues: {} };
  return async (context, variables) => {
    const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables, { maxErrors: 50 });
    if (coerced.errors) return { errors: coerced.errors };
    const args = getArgumentValues(def, node, coerced.coerced);
    const payload = await def.resolve(undefined, args, context, info);
    return { data: { [key]: project(payload) } };
  };
}
function projector(type, set, fragments) {
  if (isNonNullType(type)) { const inner = projector(type.ofType, set, fragments); return (v) => { const r = inner(v); if (r === null) throw new Error('null'); return r; }; }
  if (isListType(type)) { const inner = projector(type.ofType, set, fragments); return (v) => v == null ? null : v.map(inner); }
  if (isLeafType(type)) return (v) => v == null ? null : type.serialize(v);
  const fields = [];
  const walk = (set) => { for (const n of set.selections) { if (n.kind === 'Field') { const f = type.getFields()[n.name.value]; fields.push({ key: n.alias?.value ?? n.name.value, name: n.name.value, project: projector(f.type, n.selectionSet, fragments) }); } else walk(n.kind === 'FragmentSpread' ? fragments[n.name.value].selectionSet : n.selectionSet); } };
  walk(set);
  return (v) => { if (v == null) return null; const out = {}; for (const { key, name, project } of fields) out[key] = project(v[name]); return out; };
}
'''
open(p,'w').write(s)
