import { Money } from "@/components/shared/money";
import { Link } from "@/components/ui/link";
import type { SpendPart } from "@/lib/wallet/spend-queries";

const SHOWN = 5;

/** Thousandths of a whole, for the width of a bar. */
const share = (part: bigint, whole: bigint) =>
  whole > 0n && part > 0n ? Number((part * 1000n) / whole) / 10 : 0;

/** The dearest parts of a month's spend, each with its share; what is below them together. */
export function SpendParts({
  title,
  parts,
  totalMicros,
  hrefBase,
}: {
  title: string;
  parts: readonly SpendPart[];
  totalMicros: bigint;
  /** The page of one, without its id. */
  hrefBase?: string;
}) {
  const shown = parts.slice(0, SHOWN);
  const rest = parts.slice(SHOWN).reduce((sum, { micros }) => sum + micros, 0n);
  const all =
    rest === 0n ? shown : [...shown, { key: "rest", label: `${parts.length - SHOWN} others`, micros: rest }];
  return (
    <section className="min-w-0">
      <h3 className="mb-2 font-medium text-muted-foreground text-sm">{title}</h3>
      {all.length === 0 ? <p className="text-muted-foreground text-sm">Nothing yet.</p> : null}
      <ul className="grid gap-2.5 text-sm">
        {all.map((part) => (
          <li key={part.key ?? "none"} className="grid gap-1">
            <div className="flex justify-between gap-3">
              <span className="min-w-0 truncate">
                {hrefBase && part.key && part.key !== "rest" ? (
                  <Link href={`${hrefBase}/${part.key}`} className="rounded-sm hover:underline">
                    {part.label}
                  </Link>
                ) : (
                  part.label
                )}
              </span>
              <Money micros={part.micros} />
            </div>
            <div className="h-1.5 overflow-hidden rounded-full bg-accent" aria-hidden="true">
              <div
                className="h-full rounded-full bg-brand"
                style={{ width: `${share(part.micros, totalMicros)}%` }}
              />
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
