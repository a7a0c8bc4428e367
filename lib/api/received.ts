import { AppError } from "@/lib/errors";

/** The body of a request as it comes in. Who hangs up while it does is no failure of ours. @throws AppError `invalid` */
export async function* received({ body }: Request): AsyncGenerator<Uint8Array> {
  try {
    yield* body ?? [];
  } catch (cause) {
    const message = "The connection was closed before all of the body had come. Send it again.";
    throw new AppError("invalid", message, { reason: "body_cut_off", cause });
  }
}
