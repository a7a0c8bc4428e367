import { pipeline, type Readable, type Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { AppError } from "@/lib/errors";

// An encoding that breaks off at the end of a whole part is taken, as browsers do.
const LENIENT = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const { BROTLI_OPERATION_FLUSH } = constants;

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(LENIENT),
  "x-gzip": () => createGunzip(LENIENT),
  deflate: () => createInflate(LENIENT),
  br: () => createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH }),
};

/** Each takes memory before a byte has come. Who is honest encodes once, or twice. */
const MOST_LAYERS = 5;

/** What a request says it can decode. */
export const ACCEPTED_ENCODINGS = "gzip, deflate, br";

/**
 * A body as it was before it was encoded for the way; what names an encoding that is not known stays as it came.
 * @param encodings the header, in the order in which they were applied
 * @throws AppError `upstream`, reason `too_many_encodings`
 */
export function decodedBody(body: Readable, encodings: string | null): Readable {
  const names = (encodings ?? "").split(",");
  if (names.length > MOST_LAYERS)
    throw new AppError("upstream", "The server encoded its answer too often.", {
      reason: "too_many_encodings",
      retryable: false,
    });
  const makers = names.map((name) => DECODERS[name.trim().toLowerCase()]).reverse();
  let stream = body;
  for (const make of makers) {
    if (!make) break;
    // An error of any part is told where the last one is read.
    stream = pipeline(stream, make(), () => undefined);
  }
  return stream;
}
