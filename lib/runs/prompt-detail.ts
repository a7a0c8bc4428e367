/** More of one text is not kept: a trace must open, and what was sent is found in the step's input as well. */
const MAX_TEXT = 100_000;
const MAX_MESSAGES = 100;

/** One message as a model was sent it. */
export type SentMessage = { readonly role: string; readonly content: string };

/** The prompt of a step's first call as it was sent, for its trace. */
export function promptDetail(system: string, messages: readonly SentMessage[]) {
  return {
    system: cut(system),
    messages: messages.slice(-MAX_MESSAGES).map(({ role, content }) => ({ role, content: cut(content) })),
  };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`;
}
