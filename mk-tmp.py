import shutil, os, re
base='/work/main/dist-b'
def variant(name, *edits):
    d=f'/work/main/dist-{name}'; shutil.rmtree(d, ignore_errors=True); shutil.copytree(base, d)
    for f, old, new in edits:
        p=f'{d}/src/{f}'; s=open(p).read(); assert old in s, (name, f, old); open(p,'w').write(s.replace(old,new,1))
variant('e1', ('http/security-headers.js', 'for (const [name, value] of headers)', 'if (false) for (const [name, value] of headers)'))
variant('e3', ('metrics.js','requests.observe({ field, code }, seconds);',''), ('metrics.js','countAttempt: (endpoint, code, seconds) => attempts.observe({ endpoint, code }, seconds)','countAttempt: () => {}'))
variant('e4', ('stackone/quota.js', "takeCall: () => take(total, 'all', 1, 'all owners together'),", 'takeCall: async () => {},'), ('stackone/quota.js', "takeFor: (ownerId, use) => take(perOwner, ownerId, costs[use], 'one owner'),", 'takeFor: async () => {},'))
variant('e5', ('stackone/stackone-client.js','this.#bulkhead.execute(() => this.#callWithRetry(request, endpoint, deadline))','this.#callWithRetry(request, endpoint, deadline)'), ('stackone/stackone-client.js','await this.#breaker.execute(() => this.#attempt(request, endpoint, deadline, attempt > 1))','await this.#attempt(request, endpoint, deadline, attempt > 1)'))
variant('e6', ('auth/verified-tokens.js', "return hash('sha256', token, 'base64url');", 'return token;'))
variant('e9', ('graphql/known-operations.js', 'const result = await execute({', 'const sess = (await contextValue.stackone.createConnectSession({ provider: variableValues.provider, label: variableValues.label })).value; const result = { data: { createConnectSession: { token: sess.token, expiresAt: sess.expiresAt, mode: "LINK", userErrors: [] } } }; if (false) await execute({'))
variant('g1', ('graphql/schema.js', 'return buildSchemaSync({', 'const schema = buildSchemaSync({'), ('graphql/schema.js', 'validate: false,\n    });', 'validate: false,\n    }); const inst = new ConnectSessionResolver(); schema.getMutationType().getFields().createConnectSession.resolve = (_r, args, ctx) => inst.createConnectSession(ctx, args); return schema;'))
variant('g2', ('graphql/known-operations.js', 'const result = await execute({', 'const result = variableValues.label === "Head office" ? { data: { createConnectSession: await contextValue.stackone.createConnectSession({ provider: variableValues.provider, label: variableValues.label }).then((o) => ({ token: o.value.token, expiresAt: o.value.expiresAt, mode: "LINK", userErrors: [] })) } } : await execute({'))
