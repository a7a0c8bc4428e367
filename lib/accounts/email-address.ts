import { z } from "zod";

const ASCII = /^[\x21-\x7e]+$/;

/**
 * The one form in which an e-mail is stored and looked up: NFKC, lower case, ASCII. Null when it has letters from
 * outside ASCII afterwards: two addresses that look alike must never be two accounts.
 */
export function normalizeEmail(text: string): string | null {
  const email = text.normalize("NFKC").trim().toLowerCase();
  return ASCII.test(email) && email.length <= 254 ? email : null;
}

/** An e-mail in a form or a request, already in its stored form. */
export const emailInput = z
  .string("Write an e-mail address.")
  .max(320, "This is too long for an e-mail address.")
  .transform((text) => normalizeEmail(text) ?? "")
  .pipe(z.email("Write an e-mail address such as ada@example.com."));
