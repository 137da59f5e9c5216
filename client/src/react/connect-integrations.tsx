import {
  type CSSProperties,
  createElement,
  forwardRef,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react';
import type { LinkedAccount } from '../core/failure.js';
import { defaultProperties } from '../elements/connect-integrations.js';
import '../elements/define.js';
import type { ConnectIntegrationsElement, ConnectIntegrationsProperties } from '../elements/element-properties.js';

type Properties = {
  readonly [Name in keyof ConnectIntegrationsProperties]?: ConnectIntegrationsProperties[Name] | undefined;
};

/** The properties of `<connect-integrations>`, its events, and the attributes `id`, `className` and `style`. */
export interface ConnectIntegrationsProps extends Properties {
  readonly id?: string | undefined;
  readonly className?: string | undefined;
  readonly style?: CSSProperties | undefined;
  /** Called with each account that is linked on this page, after the dialog is closed. */
  readonly onLinked?: ((account: LinkedAccount) => void) | undefined;
  /** Called with each account that is removed on this page. */
  readonly onRemoved?: ((account: LinkedAccount) => void) | undefined;
}

/** React 18 warns of layout effects on a server. */
const useElementEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/** `<connect-integrations>` as a React component. Requires no `ConnectProvider`. */
export const ConnectIntegrations = forwardRef<ConnectIntegrationsElement | null, ConnectIntegrationsProps>(
  function ConnectIntegrations({ id, className, style, onLinked, onRemoved, ...properties }, ref) {
    const element = useRef<ConnectIntegrationsElement>(null);
    const listeners = useRef({ onLinked, onRemoved });
    useImperativeHandle<ConnectIntegrationsElement | null, ConnectIntegrationsElement | null>(
      ref,
      () => element.current,
      [],
    );
    useElementEffect(() => {
      listeners.current = { onLinked, onRemoved };
      for (const name of Object.keys(defaultProperties)) {
        Reflect.set(element.current ?? {}, name, Reflect.get(properties, name));
      }
    });
    useElementEffect(() => {
      const current = element.current;
      const handleLinked = ({ detail }: CustomEvent<LinkedAccount>) => listeners.current.onLinked?.(detail);
      const handleRemoved = ({ detail }: CustomEvent<LinkedAccount>) => listeners.current.onRemoved?.(detail);
      current?.addEventListener('linked', handleLinked);
      current?.addEventListener('removed', handleRemoved);
      return () => {
        current?.removeEventListener('linked', handleLinked);
        current?.removeEventListener('removed', handleRemoved);
      };
    }, []);
    useEffect(() => {
      const current = element.current;
      return () => {
        // A hidden `<Activity>` keeps the element in the page. Its dialog must not stay open.
        if (current !== null) {
          current.client = null;
        }
      };
    }, []);
    return createElement('connect-integrations', { ref: element, id, class: className, style });
  },
);
