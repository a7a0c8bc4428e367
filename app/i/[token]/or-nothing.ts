import { AppError } from "@/lib/errors";

/** The answer of a file behind a secret address; nothing is there for whoever has another one. */
export async function orNothing(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found")
      return new Response("Not found", { status: 404 });
    throw error;
  }
}
