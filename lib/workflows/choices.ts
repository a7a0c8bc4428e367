/** So many documents are offered in the editor, by name; there may be more, which it then knows nothing of. */
export const MOST_DOCUMENTS = 1_000;
