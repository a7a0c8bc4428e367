import { type SQL, sql } from "drizzle-orm";
import type Stripe from "stripe";
import { asSystem } from "@/db/access";

export type Detail = Readonly<Record<string, string | number | null | readonly string[]>>;

export type Found = {
  /** What does not agree, for a person. */
  readonly subject: string;
  /** What it is about: the same whenever it is found, and different from everything else the check finds. */
  readonly key: string;
  readonly detail: Detail;
  /** Where there is one right answer: puts it right. Gives whether it did. Safe to do twice. */
  readonly fix?: () => Promise<boolean>;
};

type Words = {
  readonly id: string;
  readonly title: string;
  /** What a finding means, in plain words. */
  readonly meaning: string;
  /** What to do about one. */
  readonly remedy: string;
};

export type ReconcileCheck = Words &
  (
    | { find(now: Date): Promise<Found[]> }
    /** Left out while there are no keys of Stripe. */
    | { findAtStripe(stripe: Stripe, now: Date): Promise<Found[]> }
  );

const DAY_MS = 86_400_000;

/** So far back is compared with Stripe, and looked at run by run. */
export const LOOK_BACK_DAYS = 3;

export const daysBefore = (now: Date, days: number) => new Date(now.getTime() - days * DAY_MS);

/** Seconds, as Stripe counts time. */
export const stripeTime = (at: Date) => Math.floor(at.getTime() / 1000);

/** A sum over everything takes as long as it needs, and less than the driver waits. */
const STATEMENT_MS = 28_000;

/** What a query over everybody's books gives. */
export async function ask<Row extends Record<string, unknown>>(query: SQL): Promise<Row[]> {
  return asSystem("reconcile", async (tx) => (await tx.execute(query)).rows as Row[], {
    statementMs: STATEMENT_MS,
  });
}

/** The first id that something made at a time can have. */
export function firstIdAt(at: Date): SQL {
  const hex = Math.max(0, at.getTime()).toString(16).padStart(12, "0");
  return sql`${`${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`}::uuid`;
}
