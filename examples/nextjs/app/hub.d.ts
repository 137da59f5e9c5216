declare module '@stackone/hub/webcomponent';
