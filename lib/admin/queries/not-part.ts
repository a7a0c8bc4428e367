import { ne } from "drizzle-orm";
import { executions } from "@/db/schema/ai";

/** Runs that somebody or something started. Their items, rounds and called workflows are parts of them, and are started by a workflow. */
export const isNotPart = ne(executions.trigger, "workflow");
