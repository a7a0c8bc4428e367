const HEX = /^#[0-9a-f]{6}$/;

/** Contrast of a colour with white paper, from 1 (none) to 21, as WCAG 2 defines it. */
export function contrastOnWhite(accent: string): number {
  const linear = [1, 3, 5].map((at) => {
    const part = Number.parseInt(accent.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = linear;
  return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05);
}

/** Least contrast of large text. */
const LEAST_CONTRAST = 3;

/** What is wrong with a colour that names and lines are printed in; null when nothing is. */
export function accentProblem(accent: string): string | null {
  if (!HEX.test(accent)) return "Give a colour such as #1d4ed8.";
  return contrastOnWhite(accent) < LEAST_CONTRAST ? "This colour is too light to be read on paper." : null;
}

/** What an image is by its first bytes; null for anything else than PNG and JPEG, which a PDF can show. */
export function imageTypeOf(bytes: Uint8Array): "image/png" | "image/jpeg" | null {
  const starts = (...head: readonly number[]) => head.every((byte, at) => bytes[at] === byte);
  if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  return starts(0xff, 0xd8, 0xff) ? "image/jpeg" : null;
}
