import { Eye, OctagonAlert, PencilLine } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { ActionButton } from "@/components/shared/action-button";
import { DateTime } from "@/components/shared/date-time";
import { cn } from "@/lib/cn";
import type { ServerAction } from "@/lib/result";

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
  tenantName,
  reason,
  isWritable,
  expiresAt,
  leave,
  leaveHref,
}: {
  tenantName: string;
  reason: string;
  isWritable: boolean;
  expiresAt: Date;
  leave: ServerAction<unknown>;
  leaveHref: string;
}) {
  return (
    <Banner
      label="Looking into a workspace"
      tone="warning"
      icon={isWritable ? <PencilLine aria-hidden="true" /> : <Eye aria-hidden="true" />}
      action={
        <ActionButton action={leave} input={{}} successHref={leaveHref} variant="outline" size="sm">
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

/** The workspace is suspended: what still works. */
export function SuspendedBanner({ canPay }: { canPay: boolean }) {
  return (
    <Banner label="Suspended" tone="danger" icon={<OctagonAlert aria-hidden="true" />}>
      This workspace is suspended: nothing runs and nothing can be changed. You can still read and export
      everything
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
