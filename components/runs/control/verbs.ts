import { CircleSlash, type LucideIcon, RotateCcw, StepForward } from "lucide-react";
import type { BatchVerb } from "@/lib/runs/batch-input";
import { DOING_WORDS, DONE_WORDS } from "@/lib/runs/batch-words";

type VerbWords = {
  readonly label: string;
  readonly icon: LucideIcon;
  /** After how many runs it was done with. */
  readonly done: string;
  /** Before how many it is being done with. */
  readonly doing: string;
  readonly description: string;
  /** Why it makes no sense with others: after "are left alone: they". */
  readonly unfit: string;
};

/** What is said of what can be done with many runs. */
export const VERB_WORDS: Readonly<Record<BatchVerb, VerbWords>> = {
  cancel: {
    label: "Stop",
    icon: CircleSlash,
    done: DONE_WORDS.cancel,
    doing: DOING_WORDS.cancel,
    description: "Nothing new starts, and what is under way is broken off. What was used so far is billed.",
    unfit: "have ended already",
  },
  resume: {
    label: "Resume",
    icon: StepForward,
    done: DONE_WORDS.resume,
    doing: DOING_WORDS.resume,
    description:
      "Each goes on where it ended, as a new run on the version it had. What is done is not billed again, and what was resumed before is left alone.",
    unfit: "did not fail and were not stopped",
  },
  replay: {
    label: "Replay",
    icon: RotateCcw,
    done: DONE_WORDS.replay,
    doing: DOING_WORDS.replay,
    description:
      "Each runs again from the beginning with the input it had, as a new run. All of it is billed.",
    unfit: "are answers in a playground",
  },
};
