import type { z } from "zod";
import { AppError, fieldError } from "@/lib/errors";
import { outsideProblem } from "@/lib/outside-value";
import { plainProblem } from "@/lib/plain-problem";

/** An `invalid` error with its sentences by field (dot path; `form` for the whole). */
export function invalidInput(error: z.ZodError): AppError {
  const fields: Record<string, string[]> = {};
  for (const issue of error.issues) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) fields[[...issue.path, key].join(".")] = ["There is no such field."];
      continue;
    }
    const path = issue.path.join(".") || "form";
    fields[path] = [...(fields[path] ?? []), issue.message];
  }
  return new AppError("invalid", "Some fields need another look.", { fields, cause: error });
}

/** What an edge does with everything that comes from outside. @throws AppError `invalid`, naming the fields */
export function parseInput<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const problem = outsideProblem(given);
  if (problem) {
    const { sentence, path } = problem;
    throw path.length > 0 ? fieldError(path.join("."), sentence) : new AppError("invalid", sentence);
  }
  const parsed = schema.safeParse(given, { error: plainProblem });
  if (!parsed.success) throw invalidInput(parsed.error);
  return parsed.data;
}
