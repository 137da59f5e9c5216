import type { FastifyInstance } from 'fastify';

/**
 * Stands in for StackOne's Connect library, which `@stackone/react-hub` loads from its `connectUrl` and whose
 * `Connect.start` it calls. As there, `onCancel` comes before `onClose` when nothing was linked. The `styles` that
 * the package passes on are ignored.
 */
const CONNECT_LIBRARY = `
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
    const hear = ({ origin, source, data }) => {
      if (origin !== hub.origin || source !== frame.contentWindow) return;
      if (data?.hub === 'close') overlay.close();
      if (data?.hub !== 'success') return;
      isLinked = true;
      onSuccess?.(data.account);
    };
    addEventListener('message', hear);
    overlay.addEventListener('close', () => {
      removeEventListener('message', hear);
      overlay.remove();
      if (!isLinked) onCancel?.();
      onClose?.();
    });
    document.body.append(overlay);
    overlay.showModal();
  },
};
`;

/** `GET /stackone/connect.js`, at the path that it has at StackOne. */
export async function connectLibrary(app: FastifyInstance): Promise<void> {
  app.get('/stackone/connect.js', (_request, reply) => reply.type('text/javascript').send(CONNECT_LIBRARY));
}
