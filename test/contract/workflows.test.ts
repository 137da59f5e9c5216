import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { readText } from '../support/package-files.js';

const jobShape = z.looseObject({
  container: z.string().optional(),
  strategy: z.looseObject({ matrix: z.strictObject({ node: z.array(z.string()) }) }).optional(),
  steps: z.array(
    z.strictObject({ uses: z.string(), with: z.looseObject({}).optional() }).or(z.strictObject({ run: z.string() })),
  ),
});
const workflowShape = z.looseObject({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(z.string(), jobShape),
});
const readWorkflow = (name: string) => workflowShape.parse(parse(readText(`.github/workflows/${name}.yml`)));
const commandsOf = ({ steps }: z.infer<typeof jobShape>) => steps.flatMap((step) => ('run' in step ? [step.run] : []));
const scripts = Object.keys(JSON.parse(readText('package.json')).scripts);

describe('The workflows for GitHub', () => {
  const { jobs, permissions } = readWorkflow('ci');

  it('run .ci/run on the oldest supported Node.js version, the tests and the installed packages on all others', () => {
    const { all, node } = jobs;
    expect(commandsOf(jobShape.parse(all))).toContain('.ci/run');
    const [, oldest = ''] = /^\| Node\.js \| ([\d.]+) and later/m.exec(readText('README.md')) ?? [];
    expect(all?.container).toBe(`node:${oldest}-bookworm`);
    const [, others = ''] = /^\| Node\.js \| [\d.]+ and later, (.*) \|$/m.exec(readText('README.md')) ?? [];
    expect(node?.strategy?.matrix.node).toEqual(others.match(/\d+/g));
    const commands = commandsOf(jobShape.parse(node));
    expect(commands).toContain('npm test');
    expect(commands.at(-1)).toMatch(/^npm test -- .* test\/examples\/installed-$/);
  });

  it.each(['ci', 'release'])('%s.yml calls commands that exist, and can change nothing in the repository', (name) => {
    const workflow = readWorkflow(name);
    const commands = Object.values(workflow.jobs).flatMap(commandsOf).join('\n');
    const called = [...commands.matchAll(/npm run ([\w:]+)/g)].map((match) => match[1] ?? '');
    expect(called.filter((script) => !scripts.includes(script))).toEqual([]);
    expect(workflow.permissions['contents']).toBe('read');
  });

  it('give no token to a pull request, and to a release only the one for its provenance', () => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(readWorkflow('release').permissions).toEqual({ contents: 'read', 'id-token': 'write' });
  });
});
