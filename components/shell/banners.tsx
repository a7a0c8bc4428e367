import { CreditCard, Eye, OctagonAlert, PencilLine } from "lucide-react";
import type { ReactNode } from "react";
import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { Button } from "@/components/ui/button";
import { Link } from "@/components/ui/link";
import type { ViewAs } from "@/lib/auth/session";
import { cn } from "@/lib/cn";
import type { Debt } from "@/lib/dunning/queries";
import { centsToMicros, formatMicros } from "@/lib/money";
import type { ServerAction } from "@/lib/result";
import type { Suspension } from "@/lib/tenants/suspension";

const TONES = {
  warning: "border-warning/30 bg-warning-soft",
  danger: "border-danger/30 bg-danger-soft",
} as const;

function Banner({
  label,
  tone,
  icon,
  action,
  children,
}: {
  label: string;
  tone: keyof typeof TONES;
  icon: ReactNode;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section
      aria-label={label}
      className={cn(
        "flex flex-wrap items-center gap-x-3 gap-y-1.5 border-b px-4 py-2 text-sm sm:px-6 [&>svg]:size-4 [&>svg]:shrink-0",
        TONES[tone],
      )}
    >
      {icon}
      <p className="min-w-0 flex-1 basis-56">{children}</p>
      {action}
    </section>
  );
}

/** Somebody from outside looks into this workspace: says who, why, how long, and how to leave. */
export function ViewAsBanner({
  viewAs: { tenantName, reason, isWritable, expiresAt },
  leave,
}: {
  viewAs: ViewAs;
  leave: ServerAction<unknown>;
}) {
  return (
    <Banner
      label="Looking into a workspace"
      tone="warning"
      icon={isWritable ? <PencilLine aria-hidden="true" /> : <Eye aria-hidden="true" />}
      action={
        <ActionButton action={leave} input={{}} successHref="/admin/tenants" variant="outline" size="sm">
          Leave
        </ActionButton>
      }
    >
      You are looking into <strong className="font-semibold">{tenantName}</strong>,{" "}
      {isWritable ? "and can change things" : "read-only"}, until{" "}
      <DateTime value={expiresAt} format="clock" />. Everything you open is recorded. Reason: {reason}
    </Banner>
  );
}

/** The workspace is suspended: by whom and why, what ends it, and what still works. */
export function SuspendedBanner({
  suspension: { by, email, reason },
  canPay,
}: {
  suspension: Suspension;
  canPay: boolean;
}) {
  return (
    <Banner label="Suspended" tone="danger" icon={<OctagonAlert aria-hidden="true" />}>
      {by ? `${by} suspended this workspace` : "This workspace is suspended"}
      {reason ? `: “${reason}” ` : ". "}
      Nothing runs and nothing can be changed until{" "}
      {by ? (
        <>
          they lift it
          {email ? (
            <>
              {" "}
              (
              <a href={`mailto:${email}`} className="underline underline-offset-2">
                {email}
              </a>
              )
            </>
          ) : null}
        </>
      ) : (
        "it is paid"
      )}
      . You can still read and export everything
      {canPay ? (
        <>
          {" "}
          and see what is owed under{" "}
          <Link href="/app/billing" className="underline underline-offset-2">
            Billing
          </Link>
        </>
      ) : null}
      .
    </Banner>
  );
}

/** The partner is suspended: what still works. */
export function PartnerSuspendedBanner({ reason }: { reason: string | null }) {
  return (
    <Banner label="Suspended" tone="danger" icon={<OctagonAlert aria-hidden="true" />}>
      Your partnership is suspended{reason ? `: ${reason}` : ""}. Your customers buy from the platform until
      it is lifted; what you have earned stays yours. You can read and export everything, and change nothing.
    </Banner>
  );
}

/** An invoice is overdue: what that stops, when, and the way to pay. Who cannot pay hears of it once it stops something. */
export function DebtBanner({
  debt: { invoiceId, invoiceNumber, dueCents, blockedAt, suspendedAt, graceUntil, invoices },
  isSuspended,
  canPay,
}: {
  debt: Debt;
  isSuspended: boolean;
  canPay: boolean;
}) {
  if (!canPay && (blockedAt || graceUntil || isSuspended)) return null;
  const isMild = blockedAt !== null || graceUntil !== null;
  return (
    <Banner
      label="Overdue"
      tone={isMild ? "warning" : "danger"}
      icon={<CreditCard aria-hidden="true" />}
      action={
        canPay ? (
          <Button asChild size="sm" variant={isMild ? "outline" : "default"}>
            {/* A whole page: the card form has a policy of its own. */}
            <a href={`/app/billing/${invoiceId}/pay`}>Pay {formatMicros(centsToMicros(dueCents))}</a>
          </Button>
        ) : null
      }
    >
      {canPay ? (
        <>
          Invoice <strong className="font-semibold">{invoiceNumber}</strong> is overdue
          {invoices > 1 ? `, and so ${invoices === 2 ? "is another" : `are ${invoices - 1} others`}` : ""}.{" "}
        </>
      ) : null}
      {graceUntil ? (
        <>
          You have until <DateTime value={graceUntil} format="date" /> to pay it; from then on it is held
          against the workspace again.
        </>
      ) : blockedAt ? (
        <>
          If it is not paid, no new runs start from <DateTime value={blockedAt} format="date" />.
        </>
      ) : isSuspended ? (
        "Everything works again as soon as it is paid."
      ) : (
        <>
          {canPay
            ? "New runs do not start until it is paid."
            : "New runs do not start: an invoice is not paid. Your admins can pay it."}
          {suspendedAt ? (
            <>
              {" "}
              On <DateTime value={suspendedAt} format="date" /> the workspace is suspended.
            </>
          ) : null}
        </>
      )}
    </Banner>
  );
}
