import { existsSync } from 'node:fs';

/** A window of a browser, or a frame in it. Buttons, fields and texts are found in shadow roots too. */
export interface EngineWindow {
  /** Waits for a button with this name, and clicks it as a person does. */
  readonly clickButton: (name: string) => Promise<void>;
  /** Waits for a field with this attribute `name`, and types into it. */
  readonly type: (field: string, text: string) => Promise<void>;
  readonly waitForText: (text: string) => Promise<void>;
}

export interface EnginePopup extends EngineWindow {
  readonly close: () => Promise<void>;
}

export interface EnginePage extends EnginePopup {
  /** The first frame of the page. */
  readonly frame: EngineWindow;
  /** Runs a script. In Chromium the page may open a window after it, as after a click. */
  readonly run: (script: string) => Promise<unknown>;
  /** The number of windows that the page has opened. No contact with the page: in Chromium it would count as a click. */
  readonly popupCount: () => Promise<number>;
  /** The window that the page has opened last. */
  readonly popup: () => Promise<EnginePopup>;
}

export interface RunningEngine {
  /** Opens the URL in a new window without a history, cookies and other windows. */
  readonly open: (url: string) => Promise<EnginePage>;
  readonly stop: () => Promise<void>;
}

export interface Engine {
  readonly name: 'Chromium' | 'Firefox' | 'WebKit';
  /** Starts the browser with its default settings for windows: those that a page opens without a click are blocked. */
  readonly start: () => Promise<RunningEngine>;
}

/** How long a browser may take for something that it does at once on a quiet machine. */
export const patienceMs = 20_000;

/** @throws Error that names the package to install */
export function requireProgram(path: string | undefined, debianPackage: string): string {
  if (path === undefined || !existsSync(path)) {
    throw new Error(`${path ?? 'A program'} is missing. On Debian: apt-get install ${debianPackage}`);
  }
  return path;
}
