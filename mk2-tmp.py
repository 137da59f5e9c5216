import shutil
def variant(base, name, *edits):
    d=f'/work/main/dist-{name}'; shutil.rmtree(d, ignore_errors=True); shutil.copytree('/work/main/'+base, d)
    for f, old, new in edits:
        p=f'{d}/src/{f}'; s=open(p).read(); assert old in s, (name, f, old); open(p,'w').write(s.replace(old,new,1))
ZOD=('stackone/wire.js','''export const connectSessionAnswer = z.object({
    token: sessionToken,
    origin_owner_id: z.string(),
    auth_link_url: z.unknown().optional(),
});''','''export const connectSessionAnswer = { safeParse(v) {
  if (typeof v === 'object' && v !== null && typeof v.token === 'string' && /^[\\x21-\\x7e]{1,4096}$/.test(v.token) && typeof v.origin_owner_id === 'string') return { success: true, data: v };
  return { success: false, error: { issues: [] } };
} };''')
TG=[('graphql/schema.js', 'return buildSchemaSync({', 'const schema = buildSchemaSync({'), ('graphql/schema.js', 'validate: false,\n    });', 'validate: false,\n    }); const inst = new ConnectSessionResolver(); schema.getMutationType().getFields().createConnectSession.resolve = (_r, args, ctx) => inst.createConnectSession(ctx, args); return schema;')]
variant('dist','d')
variant('dist','z', ZOD)
variant('dist','t', *TG)
variant('dist','m', ('metrics.js','requests.observe({ field, code }, seconds);',''), ('metrics.js','countAttempt: (endpoint, code, seconds) => attempts.observe({ endpoint, code }, seconds)','countAttempt: () => {}'))
variant('dist','l', ('http/request-log.js', "logger[failures.test(code) ? 'warn' : 'info']", "logger.debug"))
