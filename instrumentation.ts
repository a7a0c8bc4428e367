/** Called once when the server starts. What it starts needs Node, so that is loaded only there. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { startServer } = await import("./instrumentation-node");
    startServer();
  }
}
