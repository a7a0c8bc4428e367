"use server";

import { adminAction } from "@/lib/action";
import { adjustEntry, reverseEntry } from "@/lib/billing/commands/correct";
import { adjustEntryInput, reverseEntryInput } from "@/lib/billing/input";

export const reverseEntryAction = adminAction(reverseEntryInput, reverseEntry);
export const adjustEntryAction = adminAction(adjustEntryInput, adjustEntry);
