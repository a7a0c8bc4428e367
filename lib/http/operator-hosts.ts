import { env } from "@/lib/env";

/** The loopback or private hosts the operator opened with OUTBOUND_ALLOW, for `trustedHosts`. */
export function operatorHosts(): readonly string[] {
  return (env().OUTBOUND_ALLOW ?? "")
    .split(",")
    .map((host) => host.trim())
    .filter((host) => host !== "");
}
