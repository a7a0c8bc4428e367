/** What an invoice asks for, as far as it matters to what may become of that. */
export type VoidFacts = {
  hasUsage: boolean;
  /**
   * `changed`: a plan began or was raised with it. `renewed`: it asks for the next time of a plan that was there. `over`: of
   * one, and the workspace has no plan any more.
   */
  plan: "none" | "changed" | "renewed" | "over";
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

const NOT_LATER = "It is on no later invoice";
const WRITTEN_OFF: Readonly<Record<VoidFacts["plan"], string>> = {
  none: `${NOT_LATER}.`,
  changed: `${NOT_LATER}, and the plan that it began or raised is taken back.`,
  renewed: `${NOT_LATER}, and the plan that it renewed ends now.`,
  over: `${NOT_LATER}. The plan that it was for has ended already.`,
};

const AGAIN = "By a new invoice, with the details and the tax of today.";

/**
 * What a person can choose of for an invoice. A plan that began or was raised goes on for nobody who does not pay for it.
 * What a credit note took off is taken off again where all of it is billed again; of the usage alone nobody could say how much.
 */
export function voidChoices({ hasUsage, plan, isCredited }: VoidFacts): VoidChoice[] {
  const hasFee = plan === "renewed" || plan === "over";
  return [
    {
      outcome: "again",
      label: "Bill all of it again",
      hint: isCredited ? `${AGAIN} What was credited is taken off it too.` : AGAIN,
    },
    ...(hasFee && hasUsage && !isCredited
      ? [
          {
            outcome: "usage",
            label: "Bill its usage again",
            hint:
              plan === "over"
                ? "Nobody is asked for the plan, which has ended."
                : "The plan that it renewed ends now.",
          } as const,
        ]
      : []),
    { outcome: "write_off", label: "Write it off", hint: WRITTEN_OFF[plan] },
    ...(plan === "renewed"
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
