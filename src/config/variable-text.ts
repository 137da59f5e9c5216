import { readFileSync } from 'node:fs';
import type { Environment } from './from-environment.js';
import { isQuoted, type SettingInfo } from './setting.js';

interface Text {
  readonly text: string;
  /** The variable of several that has the text. */
  readonly source?: string;
  readonly problem?: undefined;
}
type VariableText = Text | { readonly problem: string };

/** The text of a variable, or that of the file that `<variable>_FILE` names. Undefined when neither is set. */
export function readVariable(env: Environment, info: SettingInfo): VariableText | undefined {
  const { variable, otherVariables } = info;
  if (otherVariables !== undefined) {
    return readFirst(env, [variable, ...otherVariables]);
  }
  const fileVariable = `${variable}_FILE`;
  const text = env[variable];
  const path = info.canBeFile ? env[fileVariable] : undefined;
  if (path === undefined) {
    return text === undefined ? undefined : checkText(text, variable, info);
  }
  if (text !== undefined) {
    return { problem: `${variable} and ${fileVariable} are both set: keep one of them` };
  }
  const checked = checkText(path, fileVariable, { expected: 'the path of a file' });
  return checked.problem === undefined ? readFile(path, fileVariable, info) : checked;
}

/** Other programs read these variables too, and an empty value turns the setting off for all of them. */
function readFirst(env: Environment, variables: readonly string[]): VariableText | undefined {
  return variables.map((source) => ({ source, text: env[source]?.trim() ?? '' })).find(({ text }) => text !== '');
}

type Expected = Pick<SettingInfo, 'expected' | 'expectedText' | 'isPem'>;

/**
 * Nothing is removed from a value, because a guess can be wrong: a value with a space, a line end or quotes around it is
 * a problem. A PEM block ends with a line end.
 */
function checkText(
  text: string,
  variable: string,
  { expected, expectedText = expected, isPem }: Expected,
): VariableText {
  const wrong = (hint: string) => ({ problem: `${variable} is not valid: ${hint}. It must be ${expectedText}` });
  if (text.trim() === '') {
    return { problem: `${variable} is set but empty: set a value or unset it` };
  }
  if (text !== text.trim() && !isPem) {
    return wrong('remove the spaces and line ends around its value');
  }
  if (isQuoted(text.trim())) {
    return wrong('remove the quotes around its value');
  }
  if (/^(tcp|udp):\/\//.test(text)) {
    // For a service with the name `metrics`, Kubernetes sets METRICS_PORT in every pod of the namespace.
    return wrong('Kubernetes has set it to the address of a service, so set enableServiceLinks: false in the pod');
  }
  return { text };
}

/** Editors and `echo` add a line end to a file, so space around its text is removed. */
function readFile(path: string, fileVariable: string, info: SettingInfo): VariableText {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === ''
      ? { problem: `${fileVariable} points to an empty file: write the value to it, or unset the variable` }
      : checkText(text, fileVariable, info);
  } catch {
    return {
      problem: `${fileVariable} points to a file that cannot be read: check its path, and whether the user of the server may read it`,
    };
  }
}
