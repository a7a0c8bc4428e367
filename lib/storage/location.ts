import type { S3Options } from "./s3";

export type StorageCredentials = NonNullable<S3Options["credentials"]>;

export type StorageLocation = { kind: "disk"; root: string } | { kind: "s3"; options: S3Options };

/** What the address leaves open. */
export type StorageDefaults = {
  root: string;
  region?: string | undefined;
  endpoint?: string | undefined;
  credentials?: StorageCredentials | undefined;
};

/**
 * Where originals go: without an address files under `root`, else
 * `s3://bucket/optional/prefix?region=eu-west-1&endpoint=https://host`; keys may be in its user part. Throws a
 * `RangeError` with one sentence that says what to set.
 */
export function storageLocation(url: string | undefined, defaults: StorageDefaults): StorageLocation {
  if (!url) return { kind: "disk", root: defaults.root };
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== "s3:" || !parsed.hostname) {
    throw new RangeError("STORAGE_URL must look like s3://bucket/prefix?region=…");
  }
  const endpoint = parsed.searchParams.get("endpoint") ?? defaults.endpoint;
  if (endpoint && !/^https?:\/\//.test(endpoint)) {
    throw new RangeError("STORAGE_URL: endpoint must start with https:// or http://");
  }
  const credentials = urlCredentials(parsed) ?? defaults.credentials;
  return {
    kind: "s3",
    options: {
      bucket: parsed.hostname,
      prefix: parsed.pathname.replace(/^\/+|\/+$/g, ""),
      region: parsed.searchParams.get("region") ?? defaults.region ?? "us-east-1",
      ...(endpoint ? { endpoint } : {}),
      ...(credentials ? { credentials } : {}),
    },
  };
}

function urlCredentials(url: URL): StorageCredentials | undefined {
  if (!url.username || !url.password) return undefined;
  return {
    accessKeyId: decodeURIComponent(url.username),
    secretAccessKey: decodeURIComponent(url.password),
  };
}
