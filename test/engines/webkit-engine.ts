import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { listen } from '../support/listen.js';
import { waitFor, waitUntil } from '../support/wait.js';
import { type Engine, type EnginePage, patienceMs, requireProgram } from './engine.js';
import { createDriverSession, type DriverSession } from './webdriver.js';

/** WebKitGTK, the engine of Safari, in a virtual display. Its driver speaks the W3C WebDriver protocol. */
export const webkitEngine: Engine = {
  name: 'WebKit',
  start: async () => {
    const paths = {
      display: requireProgram('/usr/bin/Xvfb', 'xvfb'),
      driver: requireProgram('/usr/bin/WebKitWebDriver', 'webkit2gtk-driver'),
      browser: requireProgram(findMiniBrowser(), 'webkit2gtk-driver'),
    };
    const display = await startDisplay(paths.display);
    const driver = await startDriver(paths.driver, display.name);
    return {
      open: async (url) => pageOf(await createDriverSession(driver.url, paths.browser), url),
      stop: async () => {
        await stop(driver.process);
        await stop(display.process);
      },
    };
  },
};

/** Its folder depends on the processor and on the version. */
function findMiniBrowser(): string | undefined {
  const folders = readdirSync('/usr/lib').flatMap((name) => [
    `/usr/lib/${name}/webkit2gtk-4.1`,
    `/usr/lib/${name}/webkit2gtk-4.0`,
  ]);
  return folders.map((folder) => `${folder}/MiniBrowser`).find(existsSync);
}

/** A display with a free number, which Xvfb writes to its output. */
async function startDisplay(path: string) {
  const child = spawn(path, ['-displayfd', '1', '-screen', '0', '1600x1000x24'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [number] = await once(child.stdout, 'data');
  return { name: `:${String(number).trim()}`, process: child };
}

async function startDriver(path: string, display: string) {
  const { port, close } = await listen(createServer());
  await close();
  const env = { ...process.env, DISPLAY: display, LIBGL_ALWAYS_SOFTWARE: '1' };
  const child = spawn(path, [`--port=${port}`], { env, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const isReady = async () => (await fetch(`${url}/status`)).ok;
  await waitUntil(() => isReady().catch(() => false), 'the driver of WebKit', {
    timeoutMs: patienceMs,
    intervalMs: 50,
  });
  return { url, process: child };
}

async function stop(child: ChildProcess): Promise<void> {
  const closed = once(child, 'close');
  child.kill();
  await closed;
}

async function pageOf(session: DriverSession, url: string): Promise<EnginePage> {
  const page = await session.currentWindow();
  await page.navigate(url);
  const popups = async () => (await session.windows()).filter(({ handle }) => handle !== page.handle);
  return {
    ...page,
    close: session.end,
    popupCount: async () => (await popups()).length,
    popup: () =>
      waitFor(async () => (await popups()).at(-1), 'a window of the page', { timeoutMs: patienceMs, intervalMs: 50 }),
  };
}
