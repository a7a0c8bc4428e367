/** VAT numbers of the European Union, without their prefix: https://ec.europa.eu/taxation_customs/vies */
const EU: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}$/,
  BE: /^[01]\d{9}$/,
  BG: /^\d{9,10}$/,
  CY: /^\d{8}[A-Z]$/,
  CZ: /^\d{8,10}$/,
  DE: /^\d{9}$/,
  DK: /^\d{8}$/,
  EE: /^\d{9}$/,
  ES: /^[A-Z0-9]\d{7}[A-Z0-9]$/,
  FI: /^\d{8}$/,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}$/,
  GR: /^\d{9}$/,
  HR: /^\d{11}$/,
  HU: /^\d{8}$/,
  IE: /^(\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])$/,
  IT: /^\d{11}$/,
  LT: /^(\d{9}|\d{12})$/,
  LU: /^\d{8}$/,
  LV: /^\d{11}$/,
  MT: /^\d{8}$/,
  NL: /^[A-Z0-9+*]{9}B[A-Z0-9+*]{2}$/,
  PL: /^\d{10}$/,
  PT: /^\d{9}$/,
  RO: /^\d{2,10}$/,
  SE: /^\d{10}01$/,
  SI: /^\d{8}$/,
  SK: /^\d{10}$/,
};

/** Greece writes its own language's code. */
const prefixOf = (country: string) => (country === "GR" ? "EL" : country);

export type TaxIdProblem = { message: string };
export type ReadTaxId = { id: string; type: "eu_vat" | "other" } | TaxIdProblem;

/**
 * A tax id as people write it, without spaces and dots. Of a country of the European Union it is a VAT number with its
 * prefix, since the reverse charge depends on it: its form is checked, not whether it is registered.
 */
export function readTaxId(text: string, country: string | null): ReadTaxId {
  const id = text.toUpperCase().replaceAll(/[\s.\-/]/g, "");
  if (!/^[A-Z0-9+*]{4,24}$/.test(id)) return { message: "Use 4 to 24 letters and digits." };
  if (country === null) return { message: "Choose the country of this tax id." };
  const rule = EU[country];
  if (!rule) return { id, type: "other" };
  const prefix = prefixOf(country);
  const number = id.startsWith(prefix) ? id.slice(prefix.length) : id;
  if (!rule.test(number))
    return { message: `This is no VAT number of this country: it begins with ${prefix}.` };
  return { id: `${prefix}${number}`, type: "eu_vat" };
}
