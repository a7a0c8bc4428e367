"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { adminAction } from "@/lib/action";
import { endViewAs } from "@/lib/admin/commands/tenants";

const nothing = z.strictObject({});

/** Stops looking into somebody else's workspace. */
export const leaveViewAsAction = adminAction(nothing, async (scope) => {
  const left = await endViewAs(scope);
  // The banner is in layouts that the browser keeps.
  revalidatePath("/", "layout");
  return left;
});
