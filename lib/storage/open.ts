import "server-only";
import path from "node:path";
import { env } from "@/lib/env";
import { diskStorage } from "./disk";
import { storageLocation } from "./location";
import { s3Storage } from "./s3";
import type { ObjectStorage } from "./storage";

let opened: ObjectStorage | undefined;

/** The store of this installation: a bucket when STORAGE_URL is set, else files under the data folder. */
export function storage(): ObjectStorage {
  opened ??= openStorage();
  return opened;
}

function openStorage(): ObjectStorage {
  const settings = env();
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = settings;
  const location = storageLocation(settings.STORAGE_URL, {
    root: path.resolve(/* turbopackIgnore: true */ settings.DATA_DIR, "files"),
    region: settings.AWS_REGION,
    endpoint: settings.S3_ENDPOINT,
    credentials: accessKeyId && secretAccessKey ? { accessKeyId, secretAccessKey } : undefined,
  });
  return location.kind === "s3" ? s3Storage(location.options) : diskStorage(location.root);
}
