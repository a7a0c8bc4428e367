const KEEP = `addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.waits === undefined) return;
  event.preventDefault();
  form.dataset.waits = "sent";
  if (event.submitter) event.submitter.dataset.pressed = "";
}, true);
window.hbTouched = new WeakSet();
addEventListener("input", (event) => hbTouched.add(event.target), true);
window.hbNotePress = (event) => {
  window.hbPressed = event.target.closest("button[type=button]") ?? window.hbPressed;
};
addEventListener("click", hbNotePress)`;

/**
 * Keeps a form that is sent before the page's scripts are there: the browser would send it itself, to a page that does
 * not read it, and what was typed would be gone. `useEarlySubmit` sends it once it can. It notes too where something was
 * put in, and which button was pressed last: `useEarlyValue` and `EarlyPress` tell the page.
 */
export function EarlyForms({ nonce }: { nonce: string | undefined }) {
  return (
    <script nonce={nonce} suppressHydrationWarning>
      {KEEP}
    </script>
  );
}
