import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleSlash,
  Clock,
  FileClock,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  Mail,
  PencilLine,
  ScanText,
  Scissors,
  ShieldAlert,
  Sparkles,
  TimerOff,
  UserCheck,
} from "lucide-react";
import type { Tone } from "@/components/ui/badge";

export type StatusLook = { label: string; tone: Tone; icon: LucideIcon; moving?: boolean };

const look = (label: string, tone: Tone, icon: LucideIcon, moving = false): StatusLook => ({
  label,
  tone,
  icon,
  moving,
});

const LOOKS: Readonly<Record<string, StatusLook>> = {
  // Runs, steps, jobs.
  pending: look("Pending", "neutral", CircleDashed),
  queued: look("Queued", "neutral", CircleDashed),
  going_on: look("Going on", "info", CircleDashed),
  running: look("Running", "info", LoaderCircle, true),
  retrying: look("Retrying", "warning", LoaderCircle, true),
  waiting: look("Waiting", "warning", Hourglass),
  waiting_approval: look("Needs approval", "warning", UserCheck),
  paused: look("Paused", "warning", CirclePause),
  completed: look("Completed", "success", CircleCheck),
  delivered: look("Delivered", "success", CircleCheck),
  approved: look("Approved", "success", CircleCheck),
  rejected: look("Rejected", "danger", Ban),
  succeeded: look("Succeeded", "success", CircleCheck),
  failed: look("Failed", "danger", CircleAlert),
  cancelling: look("Cancelling", "warning", LoaderCircle, true),
  cancelled: look("Cancelled", "neutral", CircleSlash),
  canceled: look("Cancelled", "neutral", CircleSlash),
  timed_out: look("Timed out", "danger", TimerOff),
  skipped: look("Skipped", "neutral", CircleSlash),
  not_asked: look("Not asked for", "neutral", CircleDashed),
  refused: look("Refused", "danger", Ban),
  unknown: look("Unknown", "warning", CircleAlert),
  // Deliveries of what starts a workflow.
  accepted: look("Started a run", "success", CircleCheck),
  left_out: look("Left out", "neutral", CircleSlash),
  captured: look("Sample", "info", CircleDot),
  // Documents.
  uploading: look("Uploading", "info", LoaderCircle, true),
  processing: look("Processing", "info", LoaderCircle, true),
  parsing: look("Reading", "info", ScanText),
  chunking: look("Splitting", "info", Scissors),
  embedding: look("Embedding", "info", Sparkles),
  ready: look("Ready", "success", CircleCheck),
  quarantined: look("Quarantined", "danger", ShieldAlert),
  // Money.
  draft: look("Draft", "neutral", PencilLine),
  open: look("Open", "info", FileClock),
  issued: look("Issued", "info", FileClock),
  unpaid: look("Unpaid", "info", FileClock),
  paid: look("Paid", "success", CircleCheck),
  past_due: look("Past due", "danger", Clock),
  overdue: look("Overdue", "danger", Clock),
  void: look("Void", "neutral", Ban),
  uncollectible: look("Uncollectible", "danger", Ban),
  partner_told: look("Overdue", "danger", Clock),
  starts_blocked: look("No new runs", "danger", CirclePause),
  last_warning: look("No new runs", "danger", CirclePause),
  partially_refunded: look("Partly refunded", "neutral", CircleSlash),
  refunded: look("Refunded", "neutral", CircleSlash),
  // Disputes of payments.
  needs_response: look("To be answered", "danger", CircleAlert),
  under_review: look("With the bank", "info", Hourglass),
  warning_needs_response: look("Inquiry to be answered", "warning", CircleAlert),
  warning_under_review: look("Inquiry with the bank", "info", Hourglass),
  warning_closed: look("Inquiry closed", "neutral", CircleSlash),
  prevented: look("Prevented", "neutral", CircleSlash),
  appeal_needs_response: look("Appeal to be answered", "danger", CircleAlert),
  appeal_under_review: look("Appeal with the bank", "info", Hourglass),
  won: look("Won", "success", CircleCheck),
  lost: look("Lost", "danger", Ban),
  // Workspaces, people, keys, rates.
  active: look("Active", "success", CircleDot),
  trialing: look("Trial", "info", Clock),
  inactive: look("Inactive", "neutral", CircleSlash),
  suspended: look("Suspended", "danger", Ban),
  closed: look("Closed", "neutral", CircleSlash),
  published: look("Published", "success", CircleCheck),
  archived: look("Archived", "neutral", CircleSlash),
  invited: look("Invited", "info", Mail),
  unverified: look("Not verified", "warning", Mail),
  verified: look("Verified", "success", CircleCheck),
  revoked: look("Revoked", "neutral", Ban),
  expired: look("Expired", "neutral", TimerOff),
  scheduled: look("Scheduled", "info", Clock),
  superseded: look("Superseded", "neutral", CircleSlash),
  ok: look("OK", "success", CircleCheck),
  warning: look("Warning", "warning", CircleAlert),
};

/** How a status is shown. One that is not in the table is shown by its own words, in neutral. */
export function lookOf(status: string): StatusLook {
  return LOOKS[status] ?? look(humanize(status), "neutral", CircleDot);
}

function humanize(status: string): string {
  const words = status.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
