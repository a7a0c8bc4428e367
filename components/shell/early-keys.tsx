import { headers } from "next/headers";
import { KEYS_HEARD, PALETTE_ASKED } from "@/components/shell/early-palette";

const REMEMBER = `(() => {
  const note = (event) => {
    const isAsked = (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k";
    if (!isAsked) return;
    event.preventDefault();
    document.documentElement.dataset.${PALETTE_ASKED} = "";
  };
  addEventListener("keydown", note);
  addEventListener("${KEYS_HEARD}", () => removeEventListener("keydown", note), { once: true });
})()`;

/** Remembers Ctrl/⌘K from the moment the page is seen until its scripts hear it themselves: browsers do else what they do. */
export async function EarlyKeys() {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <script nonce={nonce} suppressHydrationWarning>
      {REMEMBER}
    </script>
  );
}
