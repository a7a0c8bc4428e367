/** The keys rows are named by, in templates and as ways out of a node. */
const LONGEST = 40;

/** A key made from a label: `Refund asked!` is `refund_asked`; with a number when another row has it. */
export function keyFrom(label: string, taken: ReadonlySet<string>): string {
  const plain = label
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, LONGEST)
    .replace(/_+$/, "");
  if (plain === "" || !taken.has(plain)) return plain;
  for (let number = 2; ; number += 1) {
    const key = `${plain.slice(0, LONGEST - 4)}_${number}`;
    if (!taken.has(key)) return key;
  }
}
