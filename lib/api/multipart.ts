import { AppError } from "@/lib/errors";

/** One part of a form: a short text, or a file whose bytes are read as they come. */
export type FormPart = { name: string; filename: string | null; content: AsyncGenerator<Uint8Array> };

const MAX_HEADER_BYTES = 8 * 1024;
const LINE_END = "\r\n";

function malformed(message = "The form did not arrive completely. Send it again."): AppError {
  return new AppError("invalid", message, { reason: "bad_form" });
}

/** The boundary of a `multipart/form-data` content type; null for any other type. @throws AppError `invalid` */
export function formBoundary(contentType: string): string | null {
  if (!/^multipart\/form-data\b/i.test(contentType)) return null;
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (!boundary) throw malformed("The content type of the form names no boundary.");
  return boundary;
}

/** What comes in, as far as it has not been used yet. */
class Incoming {
  // A line end in front, so that the first boundary looks like every other.
  private held = Buffer.from(LINE_END);

  constructor(private readonly chunks: AsyncIterator<Uint8Array>) {}

  private async more(): Promise<void> {
    const { value, done } = await this.chunks.next();
    if (done) throw malformed();
    this.held = this.held.length === 0 ? Buffer.from(value) : Buffer.concat([this.held, value]);
  }

  async take(bytes: number): Promise<string> {
    while (this.held.length < bytes) await this.more();
    const taken = this.held.toString("latin1", 0, bytes);
    this.held = this.held.subarray(bytes);
    return taken;
  }

  /** The bytes before `mark`, piece by piece; the mark itself is used up. */
  async *until(mark: Buffer): AsyncGenerator<Uint8Array> {
    for (;;) {
      const at = this.held.indexOf(mark);
      const safe = at === -1 ? this.held.length - mark.length + 1 : at;
      if (safe > 0) {
        yield this.held.subarray(0, safe);
        this.held = this.held.subarray(safe);
      }
      if (at !== -1) {
        this.held = this.held.subarray(mark.length);
        return;
      }
      await this.more();
    }
  }
}

/** All of a short stretch as text. @throws AppError `invalid` when it is longer */
export async function readText(
  content: AsyncIterable<Uint8Array>,
  maxBytes = MAX_HEADER_BYTES,
): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of content) {
    size += part.byteLength;
    if (size > maxBytes) throw malformed("A field of the form is too long.");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parameterOf(disposition: string, name: string): string | null {
  const match = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;"]+))`, "i").exec(disposition);
  const value = match?.[1] ?? match?.[2];
  return value === undefined ? null : value.replace(/\\(["\\])/g, "$1").replaceAll("%22", '"');
}

/** A name in the way of RFC 5987, which older clients send for letters beyond ASCII: `filename*=utf-8''Gr%C3%BC%C3%9Fe.txt`. */
function encodedParameterOf(disposition: string, name: string): string | null {
  const [, encoded] = /^utf-8'[^']*'(.+)$/i.exec(parameterOf(disposition, `${name}\\*`) ?? "") ?? [];
  try {
    return encoded === undefined ? null : decodeURIComponent(encoded);
  } catch {
    return null;
  }
}

/**
 * The parts of a form as they come in (RFC 7578), without holding a file in memory. A part is read to its end before
 * the next is asked for. @throws AppError `invalid` for what is no form, or one that was cut off
 */
export async function* formParts(
  source: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<FormPart> {
  const incoming = new Incoming(source[Symbol.asyncIterator]());
  const mark = Buffer.from(`${LINE_END}--${boundary}`, "latin1");
  await readText(incoming.until(mark));
  for (;;) {
    const next = await incoming.take(2);
    if (next === "--") return;
    if (next !== LINE_END) throw malformed("The form is not well made.");
    const headers = await readText(incoming.until(Buffer.from(LINE_END + LINE_END)));
    const disposition = /^content-disposition:\s*form-data(.*)$/im.exec(headers)?.[1] ?? "";
    const name = parameterOf(disposition, "name");
    if (name === null) throw malformed("A part of the form has no name.");
    const filename = encodedParameterOf(disposition, "filename") ?? parameterOf(disposition, "filename");
    yield { name, filename, content: incoming.until(mark) };
  }
}
