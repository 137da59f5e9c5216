/** Usages that must compile with StackOne's types, and usages that must not. This file never runs. */
import { StackOneHub } from '@stackone/hub';
import { createElement, lazy } from 'react';
import { createConnectClient } from '../../client/src/index.js';
import { ConnectButton, ConnectProvider, type HubProps, useConnect } from '../../client/src/react/index.js';

const client = createConnectClient();
const settings = { client, hubBaseUrl: 'https://api.stackone.com' };

// A Hub is StackOne's component, a lazy component, or a custom wrapper.
const loadHub = () => import('@stackone/hub');
const LazyHub = lazy(async () => ({ default: (await loadHub()).StackOneHub }));
const WithFooter = (props: HubProps) => <StackOneHub {...props} showFooterLinks={false} />;
const AsElement = ({ token, baseUrl, theme }: HubProps) =>
  createElement('stackone-hub', { token, 'base-url': baseUrl, theme });
export const hubs = [
  <ConnectProvider key="1" {...settings} hub={StackOneHub} />,
  <ConnectProvider key="2" {...settings} hub={LazyHub} prepare={loadHub} theme="dark" nonce="r4nd0m" />,
  <ConnectProvider key="3" {...settings} hub={WithFooter} theme="auto" />,
  <ConnectProvider key="4" {...settings} hub={AsElement} />,
];
const NeedsMore = (_: HubProps & { readonly secret: string }) => null;
// @ts-expect-error a Hub component with another required prop
export const incompatibleHub = <ConnectProvider {...settings} hub={NeedsMore} />;
// @ts-expect-error missing hubBaseUrl
export const missingBaseUrl = <ConnectProvider client={client} hub={StackOneHub} />;

export const buttons = [
  <ConnectButton key="1" provider="bamboohr" label="Berlin" onLinked={({ id }) => id.length} />,
  <ConnectButton key="2" accountId="1" className="primary" disabled describe={({ kind }) => text(kind)} />,
];
const text = (title: string) => ({ title, text: '' });
// @ts-expect-error a provider key is a string
export const wrongProvider = <ConnectButton provider={42} />;
// @ts-expect-error unknown category
export const wrongCategory = <ConnectButton category="HR" />;
// @ts-expect-error an account has no token
export const wrongAccount = <ConnectButton onLinked={({ token }) => token} />;
// @ts-expect-error the dialog has a React root of its own, where contexts of the page are not available
export const wrongTitle = <ConnectButton dialogTitle={<b>Connect</b>} />;
// @ts-expect-error unknown theme
export const wrongTheme = <ConnectProvider {...settings} hub={StackOneHub} theme="system" />;
// @ts-expect-error missing title
export const wrongMessage = <ConnectButton describe={() => ({ text: 'Oh.' })} />;

export function OwnDesign() {
  const { state, start, hub } = useConnect();
  // @ts-expect-error the session is null without a Hub
  const token: string = state.session.token;
  return (
    <>
      {/* @ts-expect-error a click event is not a request */}
      <button type="button" onClick={start} />
      <button type="button" onClick={() => start({ provider: token })} />
      {hub}
    </>
  );
}
