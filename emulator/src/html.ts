const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Trusted HTML, which is not escaped. */
export class Html {
  constructor(readonly text: string) {}
}

/** Template tag that escapes all values except `Html`. */
export function html(strings: TemplateStringsArray, ...values: (string | Html)[]): Html {
  const safe = values.map((value) =>
    value instanceof Html ? value.text : value.replace(/[&<>"']/g, (character) => entities[character] ?? ''),
  );
  return new Html(strings.reduce((text, part, index) => text + (safe[index - 1] ?? '') + part));
}
