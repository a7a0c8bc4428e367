// What the server imports, outside of Next: there `server-only` is an empty module, here it would throw.
import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, nextResolve) {
    return specifier === "server-only"
      ? { url: "data:text/javascript,export{}", format: "module", shortCircuit: true }
      : nextResolve(specifier, context);
  },
});
