import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const css = readFileSync(fileURLToPath(new URL("globals.css", import.meta.url)), "utf8");

function tokensOf(selector: string): Map<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split("\n}")[0] ?? "";
  return new Map(
    Array.from(block.matchAll(/--([\w-]+): (oklch\([^)]+\))/g), ([, name = "", value = ""]) => [name, value]),
  );
}

/** Relative luminance (WCAG 2.2) of an `oklch(L C H)`, through OKLab and linear sRGB (Ottosson 2020), clipped to the gamut. */
function luminance(color: string): number {
  const [l = 0, c = 0, h = 0] = (color.match(/[\d.]+/g) ?? []).map(Number);
  const a = c * Math.cos((h * Math.PI) / 180);
  const b = c * Math.sin((h * Math.PI) / 180);
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  const red = clip(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short);
  const green = clip(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short);
  const blue = clip(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const TONES = ["success", "warning", "danger", "info", "brand"] as const;
const SURFACES = ["background", "card", "popover", "muted", "accent"] as const;

const TEXT: [string, string][] = [
  ...SURFACES.flatMap((surface): [string, string][] => [
    ["foreground", surface],
    ["muted-foreground", surface],
  ]),
  ...TONES.flatMap((tone): [string, string][] => [
    [tone, "background"],
    [tone, "card"],
    [tone, "muted"],
    [tone, `${tone}-soft`],
    ["foreground", `${tone}-soft`],
    [`${tone}-foreground`, tone],
  ]),
  ["muted-foreground", "brand-soft"],
  ["primary-foreground", "primary"],
  ["secondary-foreground", "secondary"],
  ["sidebar-foreground", "sidebar"],
  ["muted-foreground", "sidebar"],
  ["sidebar-accent-foreground", "sidebar-accent"],
];

const EDGES: [string, string][] = [
  ["input", "card"],
  ["input", "background"],
  ["ring", "background"],
  ["ring", "card"],
  ["brand", "sidebar-accent"],
  ...[1, 2, 3, 4, 5, 6].map((number): [string, string] => [`chart-${number}`, "card"]),
];

describe.each([
  ["light", tokensOf(":root")],
  ["dark", tokensOf(".dark")],
])("the %s theme", (_name, tokens) => {
  const ratio = (one: string, other: string) => contrast(tokens.get(one) ?? "", tokens.get(other) ?? "");

  it.each(TEXT)("%s can be read on %s (4.5:1)", (text, surface) => {
    expect(ratio(text, surface)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(EDGES)("%s can be seen on %s (3:1)", (edge, surface) => {
    expect(ratio(edge, surface)).toBeGreaterThanOrEqual(3);
  });
});

describe("contrast", () => {
  it("agrees with the known extremes", () => {
    expect(contrast("oklch(0 0 0)", "oklch(1 0 0)")).toBeCloseTo(21, 1);
  });
});
