import { chromiumEngine, firefoxEngine } from './playwright-engine.js';
import { webkitEngine } from './webkit-engine.js';

export type { EnginePage, EnginePopup, RunningEngine } from './engine.js';

export const engines = [chromiumEngine, firefoxEngine, webkitEngine];
