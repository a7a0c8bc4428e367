// What the server imports, outside of Next.
import { registerHooks } from "node:module";

/** Node parses a package's whole package.json for each import between its files: 180 kB, hundreds of times, a second in all. */
const DRIZZLE = "/node_modules/drizzle-orm/";

registerHooks({
  resolve(specifier, context, nextResolve) {
    // In Next `server-only` is an empty module, here it would throw.
    if (specifier === "server-only")
      return { url: "data:text/javascript,export{}", format: "module", shortCircuit: true };
    if (/^\.\.?\/.+\.js$/.test(specifier) && context.parentURL?.includes(DRIZZLE))
      return { url: new URL(specifier, context.parentURL).href, format: "module", shortCircuit: true };
    return nextResolve(specifier, context);
  },
});
