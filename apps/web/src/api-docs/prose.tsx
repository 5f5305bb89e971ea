import { Fragment, type ReactNode } from 'react';

/** The little Markdown that the document's descriptions use: paragraphs, `code`, **bold**. */
export function Prose({ text }: { text: string }): ReactNode {
  return text.split('\n\n').map((paragraph) => (
    <p key={paragraph}>
      {paragraph.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((piece, place) => (
        <Fragment key={place}>{inline(piece)}</Fragment>
      ))}
    </p>
  ));
}

function inline(piece: string): ReactNode {
  if (piece.startsWith('`')) return <code>{piece.slice(1, -1)}</code>;
  return piece.startsWith('**') ? <strong>{piece.slice(2, -2)}</strong> : piece;
}
