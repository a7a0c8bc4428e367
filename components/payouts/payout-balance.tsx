import { Money } from "@/components/shared/money";
import { StatGrid, StatTile } from "@/components/shared/stat-tile";
import { centsToMicros, formatMicros } from "@/lib/money";
import type { PartnerBalance } from "@/lib/payouts/queries";

/** How far a partner's commission has come: from usage to the bank. */
export function PayoutBalance({ balance }: { balance: PartnerBalance }) {
  const minimum = formatMicros(centsToMicros(balance.minimumCents));
  const isEnough = balance.payable - balance.kept >= centsToMicros(balance.minimumCents);
  return (
    <StatGrid>
      <StatTile
        label="Accrued"
        value={<Money micros={balance.accrued} />}
        note="Your margin on all usage so far. It is earned when customers' money has covered it."
      />
      <StatTile
        label="Earned"
        value={<Money micros={balance.earned} />}
        note={
          balance.waiting > 0n
            ? `${formatMicros(balance.waiting)} of it is younger than 30 days, or in dispute.`
            : "Covered by your customers' money."
        }
      />
      <StatTile
        label="Payable"
        value={<Money micros={balance.payable} />}
        note={
          balance.payable < 0n
            ? "More was taken back than earned: it nets the next payouts."
            : balance.kept > 0n
              ? `${formatMicros(balance.kept)} of it is kept for credit you promised. ${isEnough ? "The rest is in the next payout." : `The rest is paid once it is ${minimum}.`}`
              : isEnough
                ? "In the next payout, at the start of the month."
                : `Paid once it is ${minimum}.`
        }
      />
      <StatTile
        label="Paid"
        value={<Money micros={balance.paid} />}
        note={
          balance.underWay > 0n
            ? `${formatMicros(balance.underWay)} more is under way.`
            : "Sent to you so far."
        }
      />
    </StatGrid>
  );
}
