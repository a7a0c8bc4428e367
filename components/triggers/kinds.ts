import { CalendarClock, ClipboardList, type LucideIcon, Webhook } from "lucide-react";
import type { TriggerKind } from "@/lib/triggers/input";

type KindLook = { label: string; icon: LucideIcon; description: string };

/** How each kind of trigger is shown. */
export const KIND_LOOKS: Readonly<Record<TriggerKind, KindLook>> = {
  webhook: {
    label: "Webhook",
    icon: Webhook,
    description: "Another system calls an address of its own, and each delivery starts one run.",
  },
  schedule: {
    label: "Schedule",
    icon: CalendarClock,
    description: "Runs start by the clock of a time zone, with an input you set here.",
  },
  form: {
    label: "Form page",
    icon: ClipboardList,
    description: "A page that anybody with its address, or only your people, can fill in.",
  },
};
