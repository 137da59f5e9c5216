import { documentIds } from './generated/document-ids.js';

/** Sends the id of the operation instead of its text. When the server does not know the id, it sends the text. */
export const fetchWithDocumentId: typeof fetch = async (input, init) => {
  const body = replaceText(init?.body);
  if (body === undefined) {
    return fetch(input, init);
  }
  const response = await fetch(input, { ...init, body });
  return (await isUnknown(response)) ? fetch(input, init) : response;
};

/** @returns undefined for a body without an operation of this package */
function replaceText(body: unknown): string | undefined {
  const parsed: unknown = typeof body === 'string' ? JSON.parse(body) : undefined;
  if (!isRecord(parsed)) {
    return undefined;
  }
  const { query: _, ...rest } = parsed;
  const documentId = documentIds[String(rest['operationName'])];
  return documentId && JSON.stringify({ documentId, ...rest });
}

async function isUnknown(response: Response): Promise<boolean> {
  return response.status === 400 && (await response.clone().text()).includes('"code":"UNTRUSTED_DOCUMENT"');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
