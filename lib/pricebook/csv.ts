import { toCsv } from "@/lib/csv";
import { microsToNumeric } from "@/lib/money";
import { formatShare } from "@/lib/rates/share";
import { describeCap } from "./display";
import type { Simulation } from "./queries/simulation";

const HEADER = [
  "customer_id",
  "customer",
  "sold_by",
  "billed_usd",
  "today_usd",
  "draft_usd",
  "change_usd",
  "change_percent",
  "margin_today_usd",
  "margin_draft_usd",
  "caps_reached",
  "credit_missing_usd",
];

/** A simulation by customer, with every decimal. */
export function simulationCsv({ customers }: Simulation): string {
  return toCsv(
    HEADER,
    customers.map((line) => [
      line.tenantId,
      line.name,
      line.partnerName,
      microsToNumeric(line.billed),
      microsToNumeric(line.now),
      microsToNumeric(line.next),
      microsToNumeric(line.next - line.now),
      line.now > 0n
        ? formatShare(line.next - line.now, line.now)
            .replace("−", "-")
            .replace(" %", "")
        : null,
      microsToNumeric(line.nowMargin),
      microsToNumeric(line.nextMargin),
      line.caps.map(describeCap).join("; "),
      line.credit ? microsToNumeric(line.credit.missing) : null,
    ]),
  );
}
