import type { Theme } from '../hub/hub-theme.js';
import type { describeFailure } from '../labels/describe-failure.js';
import type { ConnectLabels } from '../labels/labels.js';

export type DialogPart = 'dialog' | 'header' | 'title' | 'close' | 'body' | 'placeholder' | 'action' | 'status';

/** What a dialog looks like and says. */
export interface DialogSettings {
  /** The button that opened the dialog. */
  readonly opener: Element | null;
  readonly title: string;
  readonly labels: ConnectLabels;
  /** `auto` follows the CSS property `color-scheme` of the opener. */
  readonly theme?: Theme | undefined;
  /** Nonce of the content security policy, for browsers without `adoptedStyleSheets`. */
  readonly nonce?: string | undefined;
  /** Returns the texts of a failure. Default: `describeFailure`. */
  readonly describe?: typeof describeFailure | undefined;
  /** Additional class names by part. The default classes are `stackone-connect` and `stackone-connect-<part>`. */
  readonly classNames?: Partial<Record<DialogPart, string>> | undefined;
}

/** @returns a function for the class names of a part */
export function partClassName({ classNames }: Pick<DialogSettings, 'classNames'>): (part: DialogPart) => string {
  return (part) => {
    const base = part === 'dialog' ? 'stackone-connect' : `stackone-connect-${part}`;
    const added = classNames?.[part];
    return added === undefined ? base : `${base} ${added}`;
  };
}
