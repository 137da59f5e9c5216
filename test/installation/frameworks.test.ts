import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Demo } from '../../demo/start-demo.js';
import { describeInBrowser } from '../support/browser.js';
import { startTestDemo } from '../support/demo.js';
import { servePage } from '../support/frontend.js';
import { createWorkshop, HostProject, type Workshop } from '../support/host-project.js';
import { button, linkBambooHr } from '../support/hub-page.js';
import { readText } from '../support/package-files.js';

const frameworks = ['vue@3', 'svelte@5', 'solid-js@1', 'preact@10', 'react@19', 'react-dom@19'];
const angular = ['core', 'common', 'compiler', 'platform-browser'].map((name) => `@angular/${name}@20`);
const tools = ['esbuild@0.28', '@babel/core@7', 'babel-preset-solid@1'];

const host = `
import { createConnectClient } from 'stackone-connect-client';
import 'stackone-connect-client/elements';
export const client = createConnectClient({
  headers: async () => {
    const { token } = await (await fetch('/demo/token?tenant=acme')).json();
    return { authorization: \`Bearer \${token}\` };
  },
});
export const hubSrc = '/demo/hub.js';
export const onLinked = ({ detail }) => { document.title = 'linked ' + detail.providerKey; };
export const root = document.querySelector('#root');
`;

const build = `
import { transformSync } from '@babel/core';
import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { compile } from 'svelte/compiler';
const svelte = { name: 'svelte', setup: ({ onLoad }) => onLoad({ filter: /\\.svelte$/ }, ({ path }) => ({
  contents: compile(readFileSync(path, 'utf8'), { generate: 'client' }).js.code })) };
const solid = { name: 'solid', setup: ({ onLoad }) => onLoad({ filter: /solid\\.jsx$/ }, ({ path }) => ({
  contents: transformSync(readFileSync(path, 'utf8'), { presets: ['solid'], configFile: false }).code })) };
const entry = process.argv[2];
await build({ entryPoints: [entry], outfile: 'page.js', bundle: true, format: 'esm', target: 'es2022', jsx: 'automatic',
  jsxImportSource: entry.startsWith('preact') ? 'preact' : 'react', conditions: ['browser'], plugins: [svelte, solid],
  tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } } });
`;

/** The template that docs/client.md shows for a framework. */
function documentedTemplate(framework: string): string {
  const row = readText('docs/client.md')
    .split('\n')
    .find((line) => line.startsWith(`| ${framework} |`));
  return row?.split('`')[1] ?? '';
}

const fromHost = `import { client, hubSrc, onLinked, root } from './host.js';`;
const pages: Readonly<Record<string, readonly [file: string, source: (template: string) => string]>> = {
  'Vue 3': [
    'vue.js',
    (template) => `import { createApp } from 'vue/dist/vue.esm-bundler.js'; ${fromHost}
      const app = createApp({ template: ${JSON.stringify(template)}, setup: () => ({ client, hubSrc, onLinked }) });
      app.config.compilerOptions.isCustomElement = (tag) => tag === 'connect-integrations';
      app.mount(root);`,
  ],
  'Svelte 5': [
    'svelte.js',
    () =>
      `import { mount } from 'svelte'; import Page from './page.svelte'; ${fromHost} mount(Page, { target: root });`,
  ],
  Angular: [
    'angular.ts',
    (template) => `import '@angular/compiler'; ${fromHost}
      import { Component, CUSTOM_ELEMENTS_SCHEMA, provideZonelessChangeDetection } from '@angular/core';
      import { bootstrapApplication } from '@angular/platform-browser';
      @Component({ selector: '#root', schemas: [CUSTOM_ELEMENTS_SCHEMA], template: ${JSON.stringify(template)} })
      class Page { client = client; hubSrc = hubSrc; onLinked = onLinked; }
      void bootstrapApplication(Page, { providers: [provideZonelessChangeDetection()] });`,
  ],
  SolidJS: [
    'solid.jsx',
    (template) => `import { render } from 'solid-js/web'; ${fromHost} render(() => ${template}, root);`,
  ],
  Preact: ['preact.jsx', (template) => `import { render } from 'preact'; ${fromHost} render(${template}, root);`],
};

// <connect-integrations> in the templates that docs/client.md shows, and React 19, which other tests do not have.
describeInBrowser('A page of a framework, with the packed client', ({ open }) => {
  let workshop: Workshop;
  let project: HostProject;
  let demo: Demo;

  beforeAll(async () => {
    [workshop, demo] = await Promise.all([createWorkshop(), startTestDemo()]);
    project = new HostProject(workshop, { private: true, type: 'module' });
    await project.add('npm', ['stackone-connect-client', 'graphql@16', ...frameworks, ...angular, ...tools, 'rxjs@7']);
    project.write('host.js', host);
    project.write('build.mjs', build);
  }, 300_000);
  beforeEach(() => demo.emulator.reset());
  afterAll(async () => {
    await demo.stop();
    project.remove();
    workshop.remove();
  });

  /** Vue and Angular compile these templates in the browser. */
  async function withPage(file: string, source: string, use: (page: Page) => Promise<void>): Promise<void> {
    project.write(file, source);
    await project.run('node', ['build.mjs', file]);
    const script = readFileSync(join(project.folder, 'page.js'), 'utf8');
    const site = await servePage(script, demo.url, (policy) =>
      policy.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'"),
    );
    try {
      const page = await open([site.url, demo.emulator.url], '/?');
      await page.locator('connect-integrations').waitFor();
      await page.locator('connect-integrations').evaluate((element, url) => {
        Reflect.set(element, 'hubBaseUrl', url);
      }, demo.emulator.url);
      await use(page);
      await page.close();
    } finally {
      await site.stop();
    }
  }

  test.each(Object.entries(pages))(
    '%s: links an account, and receives the event',
    async (framework, [file, source]) => {
      const template = documentedTemplate(framework);
      project.write('page.svelte', `<script>import { client, hubSrc, onLinked } from './host.js';</script>${template}`);
      await withPage(file, source(template), async (page) => {
        await linkBambooHr(page);
        expect(await page.title()).toBe('linked bamboohr');
      });
    },
    60_000,
  );

  test('React 19: an Activity that is hidden closes the dialog, and shows the page again', async () => {
    const source = `${fromHost}
      import { Activity, StrictMode, useEffect, useState } from 'react';
      import { createRoot } from 'react-dom/client';
      import { ConnectIntegrations } from 'stackone-connect-client/react';
      function Page() {
        const [mode, setMode] = useState('visible');
        useEffect(() => addEventListener('leave', () => setMode('hidden')), []);
        useEffect(() => addEventListener('return', () => setMode('visible')), []);
        return <Activity mode={mode}><ConnectIntegrations client={client} hubSrc={hubSrc} /></Activity>;
      }
      createRoot(root).render(<StrictMode><Page /></StrictMode>);`;
    await withPage('react.jsx', source, async (page) => {
      await button(page, 'Connect BambooHR').click();
      await page.locator('dialog').waitFor();
      await page.evaluate(`dispatchEvent(new Event('leave'))`);
      await page.locator('dialog').waitFor({ state: 'detached' });
      await page.evaluate(`dispatchEvent(new Event('return'))`);
      await button(page, 'Connect BambooHR').waitFor();
    });
  }, 60_000);
});
