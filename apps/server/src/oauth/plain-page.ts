type Button = { text: string; name?: string; value?: string };
export type Html = {
  title: string;
  body: readonly string[];
  form?: { action: string; hidden: Readonly<Record<string, string>>; buttons: readonly Button[] };
};

/** A page that has to work by itself: without scripts and styles, and nothing of what it is given is markup. */
export function plainPage({ title, body, form }: Html): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · Latchkey</title>
<main>
<h1>${escaped(title)}</h1>
${body.map((text) => `<p>${escaped(text)}</p>`).join('\n')}
${form ? formText(form) : '<p><a href="/">Go to the start page</a></p>'}
</main>
</html>
`;
}

function formText({ action, hidden, buttons }: NonNullable<Html['form']>): string {
  const inputs = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  return `<form method="post" action="${escaped(action)}">${[...inputs, ...buttons.map(buttonText)].join('\n')}</form>`;
}

function buttonText({ text, name, value }: Button): string {
  const named = name === undefined ? '' : ` name="${escaped(name)}" value="${escaped(value ?? '')}"`;
  return `<button type="submit"${named}>${escaped(text)}</button>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
