import { z } from "zod";
import { emptiedIsNothing } from "@/lib/emptied";

/** A whole number within bounds, as a form or a program gives it. An emptied field is none. */
export const wholeNumber = (least: number, most: number) =>
  z.preprocess(
    emptiedIsNothing,
    z.coerce
      .number("Give a number.")
      .int("Give a whole number.")
      .min(least, `At least ${least}.`)
      .max(most, `At most ${most.toLocaleString("en-US")}.`),
  );
