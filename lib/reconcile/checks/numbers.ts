import { sql } from "drizzle-orm";
import { creditNotes, invoiceCounters, invoices } from "@/db/schema/invoices";
import { partnerPayouts } from "@/db/schema/partner-money";
import { ask, type ReconcileCheck } from "../check";

type Series = { series: string; last: number; highest: number; documents: number };

export const numbers: ReconcileCheck = {
  id: "R9",
  title: "Every number that was given has its document",
  meaning: "A series of numbers has a gap, or its counter is not at its last document.",
  remedy:
    "Numbers of tax documents may have no gap: find out what took the number before the next document is made.",
  async find() {
    const rows = await ask<Series>(sql`
      with documents as (
        select series, sequence from ${invoices} where sequence is not null
        union all select series, sequence from ${creditNotes} where sequence is not null
        union all select series, sequence from ${partnerPayouts} where sequence is not null
      )
      select coalesce(c.series, d.series) as series, coalesce(c.last_sequence, 0) as last, coalesce(d.highest, 0) as highest,
        coalesce(d.documents, 0)::int as documents
      from ${invoiceCounters} c full join (
        select series, max(sequence) as highest, count(*) as documents from documents group by series
      ) d on d.series = c.series
      where coalesce(c.last_sequence, 0) <> coalesce(d.highest, 0) or coalesce(d.highest, 0) <> coalesce(d.documents, 0)`);
    return rows.map(({ series, last, highest, documents }) => ({
      subject: `Series ${series} counts to ${last} and has ${documents} documents up to ${highest}`,
      key: series,
      detail: { series, counter: last, highest, documents },
    }));
  },
};
