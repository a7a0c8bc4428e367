import { z } from "zod";
import { workspaceName } from "@/lib/accounts/input";

export const renameWorkspaceInput = z.strictObject({ name: workspaceName });
export type RenameWorkspaceInput = z.output<typeof renameWorkspaceInput>;
