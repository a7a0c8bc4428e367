import { z } from "zod";

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
    .union([z.string(), z.array(z.string()), z.record(z.string(), z.union([z.string(), z.null()]))])
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

const ADDRESS_PARTS = ["line1", "line2", "street", "postalCode", "postal_code", "city", "state", "country"];

function addressLines(address: z.infer<typeof partySchema>["address"]): string[] {
  if (!address) return [];
  if (typeof address === "string") return address.split(/\r?\n/);
  if (Array.isArray(address)) return address;
  const known = ADDRESS_PARTS.flatMap((part) => address[part] ?? []);
  return known.length > 0 ? known : Object.values(address).flatMap((part) => part ?? []);
}

/** What a document keeps of one side. What an older one lacks is simply not there. */
export function readParty(kept: unknown, name: string): Party {
  const party = partySchema.catch({}).parse(kept);
  const lines = [...addressLines(party.address), party.country ?? ""].map((line) => line.trim());
  return {
    name,
    address: lines.filter((line) => line !== ""),
    taxId: party.taxId ?? null,
    email: party.email ?? null,
    website: party.website ?? null,
    reference: party.reference ?? null,
    accent: party.accent ?? null,
    footer: party.footer ?? null,
    logo: party.logo ?? null,
  };
}
