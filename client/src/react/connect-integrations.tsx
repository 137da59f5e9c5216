import * as React from 'react';
import type { LinkedAccount } from '../core/failure.js';
import { ConnectIntegrations as ElementClass } from '../elements/connect-integrations.js';
import '../elements/define.js';
import type { ConnectIntegrationsElement, ConnectIntegrationsProperties } from '../elements/element-properties.js';
import { createComponent, type EventName } from './lit-react.js';

type AccountEvent = EventName<CustomEvent<LinkedAccount>>;

const elementClass: new () => ConnectIntegrationsElement = ElementClass;
const Wrapped = createComponent({
  react: React,
  tagName: 'connect-integrations',
  elementClass,
  events: { onLinked: 'linked' as AccountEvent, onRemoved: 'removed' as AccountEvent },
});

/** The properties of `<connect-integrations>`, its events, and the attributes `id`, `className` and `style`. */
export interface ConnectIntegrationsProps extends Partial<ConnectIntegrationsProperties> {
  readonly id?: string;
  readonly className?: string;
  readonly style?: React.CSSProperties;
  /** Called with each account that is linked on this page, after the dialog is closed. */
  readonly onLinked?: (account: LinkedAccount) => void;
  /** Called with each account that is removed on this page. */
  readonly onRemoved?: (account: LinkedAccount) => void;
}

/** `<connect-integrations>` as a React component. Requires no `ConnectProvider`. */
export const ConnectIntegrations = React.forwardRef<ConnectIntegrationsElement, ConnectIntegrationsProps>(
  function ConnectIntegrations({ onLinked, onRemoved, ...props }, ref) {
    return (
      <Wrapped
        {...props}
        ref={ref}
        onLinked={({ detail }) => onLinked?.(detail)}
        onRemoved={({ detail }) => onRemoved?.(detail)}
      />
    );
  },
);
