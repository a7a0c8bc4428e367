import { handler } from "@/inngest/serve";

/** One step may take as long as Inngest itself allows a function on the longest-running hosts. */
export const maxDuration = 800;

export const GET = handler;
export const POST = handler;
export const PUT = handler;
