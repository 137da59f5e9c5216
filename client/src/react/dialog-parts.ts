import type { describeFailure } from '../labels/describe-failure.js';

export type DialogPart = 'dialog' | 'header' | 'title' | 'close' | 'body' | 'placeholder' | 'action' | 'status';

export interface DialogAppearance {
  /** Returns the texts of a failure. Default: `describeFailure`. */
  readonly describe?: typeof describeFailure | undefined;
  /** Additional class names by part. The default classes are `stackone-connect` and `stackone-connect-<part>`. */
  readonly classNames?: Partial<Record<DialogPart, string>> | undefined;
}

/** @returns a function for the class names of a part */
export function partClassName({ classNames }: DialogAppearance): (part: DialogPart) => string {
  return (part) => {
    const base = part === 'dialog' ? 'stackone-connect' : `stackone-connect-${part}`;
    const added = classNames?.[part];
    return added === undefined ? base : `${base} ${added}`;
  };
}
