import type { FastifyInstance } from 'fastify';

/**
 * Replacement for StackOne's Connect library. `@stackone/react-hub` loads it from its `connectUrl` and calls
 * `Connect.start`. As in the original, `onCancel` is called before `onClose` when no account was linked. The
 * `styles` option is ignored.
 */
const connectLibraryScript = `
const emulator = new URL(document.currentScript.src).origin;

window.Connect = {
  start({ sessionToken, apiUrl = emulator, onSuccess, onCancel, onClose }) {
    const hub = new URL('/hub', apiUrl);
    hub.search = new URLSearchParams({ token: sessionToken, origin: location.origin });
    const overlay = document.createElement('dialog');
    const closeButton = overlay.appendChild(document.createElement('button'));
    const frame = overlay.appendChild(document.createElement('iframe'));
    overlay.style.cssText = 'border: 0; border-radius: 12px; background: #fff';
    closeButton.textContent = 'Close';
    closeButton.onclick = () => overlay.close();
    frame.title = 'Connect an account';
    frame.src = hub;
    frame.style.cssText = 'display: block; width: 640px; max-width: 100%; height: 660px; border: 0';
    let isLinked = false;
    const onMessage = ({ origin, source, data }) => {
      if (origin !== hub.origin || source !== frame.contentWindow) return;
      if (data?.hub === 'close') overlay.close();
      if (data?.hub !== 'success') return;
      isLinked = true;
      onSuccess?.(data.account);
    };
    addEventListener('message', onMessage);
    overlay.addEventListener('close', () => {
      removeEventListener('message', onMessage);
      overlay.remove();
      if (!isLinked) onCancel?.();
      onClose?.();
    });
    document.body.append(overlay);
    overlay.showModal();
  },
};
`;

/** Serves `GET /stackone/connect.js`, the same path as at StackOne. */
export async function connectLibrary(app: FastifyInstance): Promise<void> {
  app.get('/stackone/connect.js', (_request, reply) => reply.type('text/javascript').send(connectLibraryScript));
}
