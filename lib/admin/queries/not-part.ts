import { ne } from "drizzle-orm";
import { executions } from "@/db/schema/ai";

/**
 * Runs that somebody or something started. Their items, rounds and called workflows are parts of them, and are started by a
 * workflow. The column that names the run of a part is not an operator's to read.
 */
export const isNotPart = ne(executions.trigger, "workflow");
