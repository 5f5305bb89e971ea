/** What keeps the program from its work and the operator can mend: the message is one line that says what. */
export class OperatorError extends Error {}
