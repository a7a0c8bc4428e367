import { z } from "zod";

const HOST = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Names of hosts, as `hostMatches` takes them: a list, or text with one a line. The message names the one that is wrong. */
export function hostList(most: number) {
  return z
    .preprocess(
      (value) => (typeof value === "string" ? value.split(/[\s,]+/).filter((host) => host !== "") : value),
      z.array(z.string().trim().toLowerCase().max(253)).max(most, `At most ${most} hosts.`),
    )
    .superRefine((hosts, context) => {
      for (const host of hosts.filter((entry) => !HOST.test(entry))) {
        context.addIssue({ code: "custom", message: `${host} is not a host name such as api.example.com.` });
      }
    });
}
