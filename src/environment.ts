import { readFileSync } from 'node:fs';
import { z } from 'zod';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One error that lists every problem of the environment, each with what to do. Holds no value of it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    );
  }
}

const flags = new Map([
  ['true', true],
  ['false', false],
]);
const jsonObject = z.record(z.string(), z.unknown());

/**
 * Reads variables one by one and collects what is wrong, so that all of it can be told at once. Each method
 * gives `undefined` for a variable that is absent, and for one that is wrong, whose problem it then notes.
 */
export class EnvironmentReader<Name extends string> {
  readonly problems: string[] = [];
  readonly #env: Environment;
  readonly #labels: Environment;

  /** @param labels what problems call a variable, where that is not its name */
  constructor(env: Environment, labels: Environment = {}) {
    this.#env = env;
    this.#labels = labels;
  }

  /** `problem` as it goes on after the variable's name. */
  note(name: Name, problem: string): void {
    this.problems.push(`${this.#labels[name] ?? name} ${problem}`);
  }

  has(name: Name): boolean {
    return this.#env[name] !== undefined;
  }

  /** @param parse gives `undefined` for a text that is not valid */
  read<T>(name: Name, expected: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.#env[name];
    if (text === undefined) {
      return undefined;
    }
    if (text.trim() === '') {
      this.note(name, 'is set but empty: give it a value or unset it');
      return undefined;
    }
    const value = parse(text);
    if (value === undefined) {
      this.note(name, `is not valid: it must be ${expected}`);
    }
    return value;
  }

  text(name: Name, expected = 'text', pattern = /^/): string | undefined {
    return this.read(name, expected, (text) => (pattern.test(text) ? text : undefined));
  }

  flag(name: Name): boolean | undefined {
    return this.read(name, 'true or false', (text) => flags.get(text));
  }

  wholeNumber(name: Name, unit: string, min: number, max: number): number | undefined {
    return this.read(name, `${unit} from ${min} to ${max}`, (text) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? value : undefined;
    });
  }

  oneOf<T extends string>(name: Name, values: readonly T[]): T | undefined {
    return this.read(name, `one of ${values.join(', ')}`, (text) => values.find((value) => value === text));
  }

  jsonObject(name: Name): Record<string, unknown> | undefined {
    return this.read(name, 'a JSON object', (text) => {
      try {
        return jsonObject.safeParse(JSON.parse(text)).data;
      } catch {
        return undefined;
      }
    });
  }

  /** Without credentials, query and fragment. */
  url(name: Name, schemes: readonly string[]): URL | undefined {
    const expected = `an ${schemes.join(' or ')} URL without credentials, query or fragment`;
    return this.read(name, expected, (text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      const isBare = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
      return isBare && schemes.includes(url.protocol.slice(0, -1)) ? url : undefined;
    });
  }

  /** Origins with commas between them, each written as browsers send it. */
  origins(name: Name): string[] | undefined {
    const expected = 'origins with commas between them, such as https://app.example.com (no path, no *)';
    return this.read(name, expected, (text) => {
      const origins = text.split(',').map((part) => part.trim());
      return origins.every(isWebOrigin) ? origins : undefined;
    });
  }

  #fileText(name: Name): string | undefined {
    const path = this.text(name);
    if (path === undefined) {
      return undefined;
    }
    try {
      const text = readFileSync(path, 'utf8').trim();
      if (text !== '') {
        return text;
      }
      this.note(name, 'points to an empty file');
    } catch {
      this.note(name, 'points to a file that cannot be read');
    }
    return undefined;
  }

  /** The value of a variable, or of the file that `fileName` points to, without space around it. */
  textOrFile(name: Name, fileName: Name): string | undefined {
    if (this.has(name) && this.has(fileName)) {
      this.note(name, `and ${fileName} are both set: keep one of them`);
      return undefined;
    }
    return this.has(fileName) ? this.#fileText(fileName) : this.text(name);
  }
}

function isWebOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
