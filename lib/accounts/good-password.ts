import { fieldError } from "@/lib/errors";
import { type PasswordContext, passwordProblem } from "./password-rules";

/** @throws AppError `invalid` that says beside the field what is wrong with a new password */
export function assertGoodPassword(password: string, context: PasswordContext): void {
  const problem = passwordProblem(password, context);
  if (problem) throw fieldError("password", problem);
}
