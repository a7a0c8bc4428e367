import { pipeline, type Readable, type Transform } from "node:stream";
import { constants, createBrotliDecompress, createGunzip, createInflate } from "node:zlib";

// An encoding that breaks off at the end of a whole part is taken, as browsers do.
const LENIENT = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const { BROTLI_OPERATION_FLUSH } = constants;

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(LENIENT),
  "x-gzip": () => createGunzip(LENIENT),
  deflate: () => createInflate(LENIENT),
  br: () => createBrotliDecompress({ flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH }),
};

/** What a request says it can decode. */
export const ACCEPTED_ENCODINGS = "gzip, deflate, br";

/**
 * A body as it was before it was encoded for the way; what names an encoding that is not known stays as it came.
 * @param encodings the header, in the order in which they were applied
 */
export function decodedBody(body: Readable, encodings: string | null): Readable {
  const makers = (encodings ?? "")
    .split(",")
    .map((name) => DECODERS[name.trim().toLowerCase()])
    .reverse();
  let stream = body;
  for (const make of makers) {
    if (!make) break;
    // An error of any part is told where the last one is read.
    stream = pipeline(stream, make(), () => undefined);
  }
  return stream;
}
