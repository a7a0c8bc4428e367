import { ChevronRight, CircleAlert, CircleCheck, UserCheck } from "lucide-react";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Link } from "@/components/ui/link";
import type { Home, MoneyWaits } from "@/lib/tenants/home-queries";

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

type Item = { href: string; text: string; isQuestion?: true };

/** What waits for money leads an admin to where it is given, and anybody else to what waits. */
function waitItem({ runs, documents }: MoneyWaits, forWhat: string, remedy: string | null): Item[] {
  const what = [
    ...(runs > 0 ? [plural(runs, "run", "runs")] : []),
    ...(documents > 0 ? [plural(documents, "document", "documents")] : []),
  ];
  if (what.length === 0) return [];
  const place = runs > 0 ? "/app/runs?status=waiting" : "/app/knowledge";
  const verb = runs + documents === 1 ? "waits" : "wait";
  return [{ href: remedy ?? place, text: `${what.join(" and ")} ${verb} for ${forWhat}` }];
}

function itemsOf(attention: Home["attention"], maySpend: boolean): Item[] {
  const { approvals, failedRuns, failedDocuments, overdueInvoices } = attention;
  return [
    ...(approvals > 0
      ? [
          {
            href: "/app/approvals",
            text: plural(approvals, "approval waits for your answer", "approvals wait for your answer"),
            isQuestion: true as const,
          },
        ]
      : []),
    ...(overdueInvoices > 0
      ? [
          {
            href: "/app/billing",
            text: plural(overdueInvoices, "invoice is overdue", "invoices are overdue"),
          },
        ]
      : []),
    ...waitItem(attention.withoutCredit, "credit", maySpend ? "/app/billing/top-up" : null),
    ...waitItem(attention.capped, "a spending cap", maySpend ? "/app/billing/caps" : null),
    ...(failedRuns > 0
      ? [
          {
            href: "/app/runs?status=failed",
            text: `${plural(failedRuns, "run", "runs")} failed in the last 24 hours`,
          },
        ]
      : []),
    ...(failedDocuments > 0
      ? [
          {
            href: "/app/knowledge?status=failed",
            text: plural(failedDocuments, "document could not be read", "documents could not be read"),
          },
        ]
      : []),
  ];
}

/** What somebody should look at, each leading to where it can be dealt with. @param maySpend whether it is theirs to add credit and raise caps */
export function Attention({ attention, maySpend }: { attention: Home["attention"]; maySpend: boolean }) {
  const items = itemsOf(attention, maySpend);
  return (
    <Card>
      <CardHeader>
        <CardTitle>Needs attention</CardTitle>
      </CardHeader>
      {items.length === 0 ? (
        <p className="flex items-center gap-2.5 px-5 py-5 text-muted-foreground text-sm">
          <CircleCheck className="size-4.5 shrink-0 text-success" aria-hidden="true" />
          Nothing. No question waits for you, no run failed lately, every document could be read, nothing
          waits for money or is overdue.
        </p>
      ) : (
        <ul className="mt-3 divide-y border-t">
          {items.map(({ href, text, isQuestion }) => (
            <li key={text}>
              <Link
                href={href}
                className="flex items-center gap-3 px-5 py-3.5 text-sm transition-colors hover:bg-muted/60"
              >
                {isQuestion ? (
                  <UserCheck className="size-4.5 shrink-0 text-warning" aria-hidden="true" />
                ) : (
                  <CircleAlert className="size-4.5 shrink-0 text-danger" aria-hidden="true" />
                )}
                <span className="flex-1">{text}</span>
                <ChevronRight className="size-4 shrink-0 text-muted-foreground" aria-hidden="true" />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
