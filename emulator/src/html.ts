const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of HTML that needs no escaping any more. */
export class Html {
  constructor(readonly text: string) {}
}

/** Template tag: whatever is put in is escaped, unless it is `Html` already. */
export function html(strings: TemplateStringsArray, ...values: (string | Html)[]): Html {
  const safe = values.map((value) =>
    value instanceof Html ? value.text : value.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? ''),
  );
  return new Html(strings.reduce((text, part, index) => text + (safe[index - 1] ?? '') + part));
}
