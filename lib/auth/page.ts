import "server-only";
import { notFound } from "next/navigation";
import { AppError } from "@/lib/errors";

/** What a page reads: an answer, or the not-found page when there is no such thing for this person. Other errors go on. */
export async function orNotFound<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") notFound();
    throw error;
  }
}
