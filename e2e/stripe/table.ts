import { invalid, missing } from "./fault";

type Row = { id: string; created?: number };

export type PageParams = {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
  created?:
    | number
    | { gt?: number | undefined; gte?: number | undefined; lt?: number | undefined; lte?: number | undefined }
    | undefined;
};

export type Page<T> = { object: "list"; url: string; has_more: boolean; data: T[] };

/** The objects of one kind, in the order they were made. */
export class Table<T extends Row> {
  private readonly rows = new Map<string, T>();

  /** `kind` is what Stripe calls it in "No such customer". */
  constructor(private readonly kind: string) {}

  add<R extends T>(row: R): R {
    this.rows.set(row.id, row);
    return row;
  }

  find(id: string): T | null {
    return this.rows.get(id) ?? null;
  }

  /** The object, or the 404 (400 where a parameter names it) that Stripe answers with. */
  get(id: string, param?: string): T {
    const row = this.rows.get(id);
    if (!row) throw missing(this.kind, id, param);
    return row;
  }

  remove(id: string): void {
    this.rows.delete(id);
  }

  /** Those that `isMeant` names, the oldest first. */
  where(isMeant: (row: T) => boolean): T[] {
    return [...this.rows.values()].filter(isMeant);
  }

  /** A page of them, the newest first. */
  page(url: string, params: PageParams, isMeant: (row: T) => boolean = () => true): Page<T> {
    return pageOf(
      this.where((row) => isMeant(row) && isWithin(row.created ?? 0, params.created)).reverse(),
      url,
      params,
    );
  }
}

function isWithin(at: number, range: PageParams["created"]): boolean {
  if (range === undefined) return true;
  if (typeof range === "number") return at === range;
  const { gt = -1, gte = 0, lt = Number.MAX_VALUE, lte = Number.MAX_VALUE } = range;
  return at > gt && at >= gte && at < lt && at <= lte;
}

function positionOf(rows: readonly Row[], id: string, param: string): number {
  const index = rows.findIndex((row) => row.id === id);
  if (index < 0) throw invalid(`No such object: '${id}'`, { code: "resource_missing", param });
  return index;
}

/** A page of objects that are in the order of the list. */
export function pageOf<T extends Row>(rows: readonly T[], url: string, params: PageParams = {}): Page<T> {
  const { limit = 10, starting_after, ending_before } = params;
  if (ending_before) {
    const end = positionOf(rows, ending_before, "ending_before");
    const start = Math.max(0, end - limit);
    return { object: "list", url, has_more: start > 0, data: rows.slice(start, end) };
  }
  const start = starting_after ? positionOf(rows, starting_after, "starting_after") + 1 : 0;
  return {
    object: "list",
    url,
    has_more: rows.length > start + limit,
    data: rows.slice(start, start + limit),
  };
}
