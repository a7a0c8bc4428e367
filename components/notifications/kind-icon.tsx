import {
  Banknote,
  CircleAlert,
  CircleDollarSign,
  CircleGauge,
  Clock,
  CreditCard,
  Handshake,
  Layers2,
  ListChecks,
  type LucideIcon,
  Megaphone,
  ReceiptText,
  UserCheck,
  Wallet,
} from "lucide-react";
import { cn } from "@/lib/cn";
import type { NoticeKind } from "@/lib/notifications/kinds";

const LOOKS: Readonly<Record<NoticeKind, { icon: LucideIcon; className: string }>> = {
  approval_asked: { icon: UserCheck, className: "bg-warning-soft text-warning" },
  run_failed: { icon: CircleAlert, className: "bg-danger-soft text-danger" },
  batch_ended: { icon: ListChecks, className: "bg-info-soft text-info" },
  schedule_off: { icon: Clock, className: "bg-info-soft text-info" },
  limit_reached: { icon: CircleGauge, className: "bg-info-soft text-info" },
  spend_alert: { icon: CircleDollarSign, className: "bg-warning-soft text-warning" },
  credit_low: { icon: Wallet, className: "bg-warning-soft text-warning" },
  run_unpaid: { icon: Wallet, className: "bg-danger-soft text-danger" },
  payment_failed: { icon: CreditCard, className: "bg-danger-soft text-danger" },
  payout_update: { icon: Banknote, className: "bg-success-soft text-success" },
  invoice_issued: { icon: ReceiptText, className: "bg-info-soft text-info" },
  credit_note_issued: { icon: ReceiptText, className: "bg-success-soft text-success" },
  plan_changed: { icon: Layers2, className: "bg-info-soft text-info" },
  seller_changed: { icon: Handshake, className: "bg-info-soft text-info" },
};

/** What a notification is about, at a glance; its title says it in words. */
export function KindIcon({ kind }: { kind: string }) {
  const { icon: Icon, className } = LOOKS[kind as NoticeKind] ?? {
    icon: Megaphone,
    className: "bg-muted text-muted-foreground",
  };
  return (
    <span className={cn("flex size-8 shrink-0 items-center justify-center rounded-full", className)}>
      <Icon className="size-4" aria-hidden="true" />
    </span>
  );
}
