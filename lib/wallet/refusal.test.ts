import { expect, it } from "vitest";
import { describeRefusal } from "./refusal";

it.each(["needs_credit", "cap_reached"] as const)(
  "says by how much it falls short where cents would show two equal amounts (%s)",
  (reason) => {
    const text = describeRefusal({ reason, needed: 424_900n, available: 420_100n });
    expect(text).toContain("$0.4249");
    expect(text).toContain("$0.4201");
    expect(describeRefusal({ reason, needed: 1_424_900n, available: 420_100n })).toContain("$1.42");
  },
);
