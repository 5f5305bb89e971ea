type Button = { text: string; name?: string; value?: string };
export type Html = {
  title: string;
  body: readonly string[];
  form?: { action: string; hidden: Readonly<Record<string, string>>; buttons: readonly Button[] };
};

/**
 * A page that has to work by itself: without scripts, also where the pages were never built and there is no style sheet; and
 * nothing of what it is given is markup.
 */
export function plainPage({ title, body, form }: Html): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="/plain.css">
<title>${escaped(title)} · Latchkey</title>
<main class="auth">
<div class="auth-column">
<a class="brand" href="/">Latchkey</a>
<div class="auth-card">
<h1>${escaped(title)}</h1>
${body.map((text) => `<p>${escaped(text)}</p>`).join('\n')}
${form ? formText(form) : '<a class="button" data-tone="plain" href="/">Go to the start page</a>'}
</div>
</div>
</main>
</html>
`;
}

function formText({ action, hidden, buttons }: NonNullable<Html['form']>): string {
  const inputs = Object.entries(hidden).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const parts = [...inputs, ...buttons.map((button, place) => buttonText(button, place === 0 ? 'primary' : 'plain'))];
  return `<form class="stack" method="post" action="${escaped(action)}">${parts.join('\n')}</form>`;
}

function buttonText({ text, name, value }: Button, tone: 'primary' | 'plain'): string {
  const named = name === undefined ? '' : ` name="${escaped(name)}" value="${escaped(value ?? '')}"`;
  return `<button class="button" data-tone="${tone}" type="submit"${named}>${escaped(text)}</button>`;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
