import type { PublicError } from "@/lib/errors";

/** What is said when a request got no answer at all. */
export const UNREACHABLE: PublicError = {
  code: "upstream",
  message: "The server could not be reached. Try again.",
};
