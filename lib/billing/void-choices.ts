/** What an invoice asks for, as far as it matters to what may become of that. */
export type VoidFacts = {
  hasUsage: boolean;
  /** `changed`: a plan began or was raised with it. `renewed`: it asks for the next time of a plan that was there. */
  plan: "none" | "changed" | "renewed";
  /** A credit note took something off. */
  isCredited: boolean;
};

export const VOID_OUTCOMES = ["again", "usage", "write_off", "gift"] as const;
/**
 * What becomes of what a void invoice asked for: all of it is billed again, or its usage alone; nobody is asked any more;
 * or that, and the plan that was renewed goes on all the same.
 */
export type VoidOutcome = (typeof VOID_OUTCOMES)[number];

/** What a person chooses of, and what comes of it. */
export type VoidChoice = { outcome: VoidOutcome; label: string; hint: string };

const WRITTEN_OFF: Readonly<Record<VoidFacts["plan"], string>> = {
  none: "It is on no later invoice.",
  changed: "It is on no later invoice, and the plan that it began or raised is taken back.",
  renewed: "It is on no later invoice, and the plan that it renewed ends now.",
};

const NOT_AGAIN = "Billed again, it would ask once more for what a credit note has taken off.";

/**
 * What a person can choose of for an invoice. A plan that began or was raised goes on for nobody who does not pay for it,
 * and what a credit note took off is asked of nobody again.
 */
export function voidChoices({ hasUsage, plan, isCredited }: VoidFacts): VoidChoice[] {
  const isRenewal = plan === "renewed";
  return [
    ...(isCredited
      ? []
      : [
          {
            outcome: "again",
            label: "Bill all of it again",
            hint: "By a new invoice, with the details and the tax of today.",
          } as const,
        ]),
    ...(isRenewal && hasUsage && !isCredited
      ? [
          {
            outcome: "usage",
            label: "Bill its usage again",
            hint: "The plan that it renewed ends now.",
          } as const,
        ]
      : []),
    {
      outcome: "write_off",
      label: "Write it off",
      hint: isCredited ? `${WRITTEN_OFF[plan]} ${NOT_AGAIN}` : WRITTEN_OFF[plan],
    },
    ...(isRenewal
      ? [
          {
            outcome: "gift",
            label: "Write it off, and let the plan go on",
            hint: "It is on no later invoice. The plan lasts until the time that it was renewed for is over.",
          } as const,
        ]
      : []),
  ];
}
