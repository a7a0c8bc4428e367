import { DateTime } from "@/components/shared/date-time";
import { Money } from "@/components/shared/money";
import { Alert } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import { centsToMicros } from "@/lib/money";
import type { OpenDisputes } from "@/lib/payments/admin-dispute-queries";

const counted = (count: number, one: string, many: string) =>
  count === 1 ? `One ${one}` : `${count} ${many}`;

/** Says that payers' banks ask money back, and until when the first can be answered; nothing when none does. */
export function OpenDisputesAlert({
  disputes: { count, cents, toAnswer, nextDueAt },
  now,
}: {
  disputes: OpenDisputes;
  now: Date;
}) {
  if (count === 0) return null;
  return (
    <Alert
      tone={toAnswer > 0 ? "danger" : "info"}
      title={counted(count, "payment is disputed.", "payments are disputed.")}
      action={
        <Button asChild variant="outline" size="sm">
          <Link href="/admin/disputes?state=open">See disputes</Link>
        </Button>
      }
    >
      Banks ask <Money micros={centsToMicros(cents)} /> back.{" "}
      {toAnswer === 0 ? (
        "All that could be answered is answered."
      ) : nextDueAt ? (
        <>
          {toAnswer === 1 ? "One waits" : `${toAnswer} wait`} for your evidence, which{" "}
          {nextDueAt < now ? "was" : "is"} due by <DateTime value={nextDueAt} />.
        </>
      ) : (
        `${toAnswer === 1 ? "One waits" : `${toAnswer} wait`} for your answer.`
      )}
    </Alert>
  );
}
