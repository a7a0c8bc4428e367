export type TableClass = "tenant" | "partner" | "auth" | "platform" | "system";

export type Verb = "select" | "insert" | "update" | "delete";

/** `s` select, `i` insert, `u` update, `d` delete. `columns` narrows what may be read, `updates` what may be changed. */
export type Grant = string | { verbs: string; columns?: readonly string[]; updates?: readonly string[] };

export type TableRule = {
  class: TableClass;
  tenant?: Grant;
  worker?: Grant;
  partner?: Grant;
  platform?: Grant;
  system?: Grant;
  /** The column compared with the current tenant; `tenant_id` unless said otherwise. */
  tenantColumn?: string;
  /** The column compared with the current partner; `partner_id` unless said otherwise. */
  partnerColumn?: string;
  /** Instead of a column: the rows a partner sees of a table without `partner_id`, through those it sees of another. */
  partnerVia?: "tenant" | "invoice" | "credit_note";
  /** Never updated, deleted or truncated by anybody. */
  appendOnly?: boolean;
};
