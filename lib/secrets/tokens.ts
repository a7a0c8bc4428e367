import { createHash, randomBytes } from "node:crypto";

/** A new secret of 256 random bits, safe in a URL. */
export function newSecretToken(): string {
  return randomBytes(32).toString("base64url");
}

/** How a token is stored: its SHA-256 in hex. The token itself has 256 random bits, so no salt is needed. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
