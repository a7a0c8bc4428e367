import "server-only";
import { createHash } from "node:crypto";
import type { PartyLogo } from "@/lib/billing/party";
import { fieldError } from "@/lib/errors";
import { log } from "@/lib/log";
import { storage } from "@/lib/storage/open";
import { MAX_LOGO_BYTES } from "./input";
import { imageTypeOf } from "./rules";

/**
 * Stores a logo under the hash of its bytes: documents keep the one they were made with.
 * @throws AppError `invalid` for anything else than PNG and JPEG
 */
export async function storeLogo(partnerId: string, file: File): Promise<PartyLogo> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const type = imageTypeOf(bytes);
  if (!type) throw fieldError("logo", "Use a PNG or JPEG picture.");
  const hash = createHash("sha256").update(bytes).digest("hex");
  const key = `brands/${partnerId.toLowerCase()}/${hash}`;
  if (!(await storage().exists(key))) await storage().put(key, bytes, { maxBytes: MAX_LOGO_BYTES });
  return { key, type };
}

/** The bytes of a logo; null without one, and where it cannot be read: a document is shown all the same. */
export async function readLogo(logo: PartyLogo | null): Promise<Buffer | null> {
  if (!logo) return null;
  try {
    const parts: Buffer[] = [];
    for await (const part of await storage().get(logo.key)) parts.push(Buffer.from(part));
    return Buffer.concat(parts);
  } catch (error) {
    log.warn({ err: error, key: logo.key }, "a logo could not be read");
    return null;
  }
}

/** The logo as a page shows it. */
export async function logoUrl(logo: PartyLogo | null): Promise<string | null> {
  const bytes = await readLogo(logo);
  return logo && bytes ? `data:${logo.type};base64,${bytes.toString("base64")}` : null;
}
