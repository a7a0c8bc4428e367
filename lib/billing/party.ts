import { z } from "zod";
import { countryName } from "./countries";

const text = z.string().nullish();

const logoSchema = z.object({
  key: z.string().regex(/^brands\/[0-9a-f-]{36}\/[0-9a-f]{64}$/),
  type: z.enum(["image/png", "image/jpeg"]),
});

/** A picture in the store, as a document keeps it. */
export type PartyLogo = z.infer<typeof logoSchema>;

/** A logo as it was kept; null where there is none. */
export function readLogoRef(kept: unknown): PartyLogo | null {
  const logo = logoSchema.safeParse(kept);
  return logo.success ? logo.data : null;
}

const partySchema = z.object({
  name: text,
  address: z
    .object({ line1: text, line2: text, postalCode: text, city: text, state: text, country: text })
    .nullish()
    .catch(null),
  country: text,
  taxId: text,
  email: text,
  website: text,
  reference: text,
  /** `#rrggbb`: the colour of the seller's head line. */
  accent: z
    .string()
    .regex(/^#[0-9a-fA-F]{6}$/)
    .nullish()
    .catch(null),
  footer: text,
  logo: logoSchema.nullish().catch(null),
});

/** One side of a document, as it was when that was made. */
export type Party = {
  name: string;
  /** Lines of the address, the country last. */
  address: string[];
  taxId: string | null;
  email: string | null;
  website: string | null;
  reference: string | null;
  accent: string | null;
  footer: string | null;
  logo: PartyLogo | null;
};

/** Countries in which the postal code stands behind the city. */
const CODE_LAST: ReadonlySet<string> = new Set(["US", "CA", "AU", "GB", "IE", "NZ", "IN", "SG"]);

const joined = (separator: string, ...parts: (string | null | undefined)[]) =>
  parts.flatMap((part) => part?.trim() || []).join(separator);

/** The lines of an address as they are written in its country, the country's name last. */
function addressLines({ address, country }: z.infer<typeof partySchema>): string[] {
  const { line1, line2, city, state, postalCode, ...rest } = address ?? {};
  const code = country ?? rest.country ?? "";
  const place = CODE_LAST.has(code)
    ? [joined(" ", joined(", ", city, state), postalCode)]
    : [joined(" ", postalCode, city), state];
  return [line1, line2, ...place, code && countryName(code)].flatMap((line) => line?.trim() || []);
}

/** What a document keeps of one side. What an older one lacks is simply not there. */
export function readParty(kept: unknown, name: string): Party {
  const party = partySchema.catch({}).parse(kept);
  return {
    name,
    address: addressLines(party),
    taxId: party.taxId ?? null,
    email: party.email ?? null,
    website: party.website ?? null,
    reference: party.reference ?? null,
    accent: party.accent ?? null,
    footer: party.footer ?? null,
    logo: party.logo ?? null,
  };
}
