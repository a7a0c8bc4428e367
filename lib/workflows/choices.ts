/** So many are offered in the editor, by name; there may be more, which it then knows nothing of. */
export const MOST_DOCUMENTS = 1_000;
export const MOST_WORKFLOWS = 500;
export const MOST_PEOPLE = 500;
/** Of each workflow, the newest ones. */
export const MOST_VERSIONS = 50;
