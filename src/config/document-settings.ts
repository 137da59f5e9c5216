import { z } from 'zod';
import { flag, setting } from './setting.js';

/** The settings about trusted documents. */
export function createDocumentSettings() {
  return {
    trustedDocumentsFile: setting(
      z
        .string()
        .regex(/^\S.*\.json$/)
        .optional(),
      'TRUSTED_DOCUMENTS_FILE',
      'Path of a JSON file with trusted documents, in addition to those of the typed client. The server reads it when it starts.',
      'the path of a file whose name ends with .json',
      { defaultText: 'only the typed client' },
    ),
    trustedDocumentsOnly: flag(
      'TRUSTED_DOCUMENTS_ONLY',
      false,
      '`true` refuses all documents that are not trusted with `UNTRUSTED_DOCUMENT`, before they are parsed.',
    ),
  };
}
