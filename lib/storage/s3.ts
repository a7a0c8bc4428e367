import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { AppError } from "@/lib/errors";
import { checkStorage, storageFull, writeAtomically } from "./disk";
import { assertKey, type ObjectStorage, type StorageSource } from "./storage";

export type S3Options = {
  bucket: string;
  /** Prepended to every key, without slashes at its ends. Empty: none. */
  prefix: string;
  region: string;
  /** For MinIO, R2 and other compatible stores; absent: Amazon's own. */
  endpoint?: string;
  /** Absent: the SDK's default chain (instance role, web identity, profile). */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
};

/** Originals in an S3 bucket. The SDK is loaded on the first call only. */
export function s3Storage(options: S3Options): ObjectStorage {
  let client: Promise<S3Client> | undefined;
  const connect = () => {
    client ??= makeClient(options);
    return client;
  };
  const at = (key: string) => {
    assertKey(key);
    return { Bucket: options.bucket, Key: options.prefix ? `${options.prefix}/${key}` : key };
  };
  const storage: ObjectStorage = {
    put: (key, source, { maxBytes }) => putObject(connect, at(key), source, maxBytes),
    get: (key) => getObject(connect, at(key)),
    delete: (key) => deleteObject(connect, at(key)),
    exists: (key) => objectExists(connect, at(key)),
    check: () => checkStorage(storage),
  };
  return storage;
}

type Connect = () => Promise<S3Client>;
type Location = { Bucket: string; Key: string };

async function makeClient(options: S3Options): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  return new S3Client({
    region: options.region,
    maxAttempts: 3,
    ...(options.endpoint ? { endpoint: options.endpoint, forcePathStyle: true } : {}),
    ...(options.credentials ? { credentials: options.credentials } : {}),
    // Compatible stores often refuse the newer checksum trailers.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
}

/** S3 wants the length first and must never see half an upload, so the stream is spooled to a file before. */
async function putObject(connect: Connect, at: Location, source: StorageSource, maxBytes: number) {
  const folder = await mkdtemp(path.join(tmpdir(), "upload-"));
  try {
    const spool = path.join(folder, "object");
    const { sizeBytes } = await writeAtomically(spool, source, maxBytes);
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    const command = new PutObjectCommand({ ...at, Body: createReadStream(spool), ContentLength: sizeBytes });
    await attempt(async () => (await connect()).send(command));
    return { sizeBytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function getObject(connect: Connect, at: Location): Promise<Readable> {
  const { GetObjectCommand } = await import("@aws-sdk/client-s3");
  const { Body } = await attempt(async () => (await connect()).send(new GetObjectCommand(at)));
  if (!(Body instanceof Readable)) throw new AppError("upstream", "The file store sent no content.");
  return Body;
}

async function deleteObject(connect: Connect, at: Location): Promise<void> {
  const { DeleteObjectCommand } = await import("@aws-sdk/client-s3");
  await attempt(async () => (await connect()).send(new DeleteObjectCommand(at)));
}

async function objectExists(connect: Connect, at: Location): Promise<boolean> {
  const { HeadObjectCommand } = await import("@aws-sdk/client-s3");
  try {
    await attempt(async () => (await connect()).send(new HeadObjectCommand(at)));
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === "not_found") return false;
    throw error;
  }
}

async function attempt<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof Error && (cause.name === "NoSuchKey" || cause.name === "NotFound")) {
      throw new AppError("not_found", "The original file is not in the store.", { cause });
    }
    if (isFull(cause)) throw storageFull(cause);
    throw new AppError("upstream", "The file store did not answer.", {
      reason: "storage_unavailable",
      cause,
    });
  }
}

/** What stores other than Amazon's answer when they have no room. */
function isFull(cause: unknown): boolean {
  const { $metadata: answer } = cause as { $metadata?: { httpStatusCode?: number } };
  return answer?.httpStatusCode === 507;
}
