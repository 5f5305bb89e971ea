/** Somebody must confirm who they are before a call goes on. One question at a time, however many calls wait for it. */
type Question = { answer: (confirmed: boolean) => void; answered: Promise<boolean> };

let question: Question | null = null;
const listeners = new Set<() => void>();

const tellListeners = () => listeners.forEach((listener) => listener());

function ask(): Question {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const answer = (confirmed: boolean) => {
    question = null;
    tellListeners();
    resolve(confirmed);
  };
  return { answer, answered: promise };
}

/** Opens the dialog, or waits for the one that is open. True when the password was confirmed. */
export function confirmItsYou(): Promise<boolean> {
  if (!question) {
    question = ask();
    tellListeners();
  }
  return question.answered;
}

export const openQuestion = (): Question | null => question;

export function onQuestionChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
