export type LedgerCheck = {
  id: string;
  title: string;
  /** Selects `subject` (what is wrong, for a person) for each offending row. Never worse than one pass over each table. */
  sql: string;
};
