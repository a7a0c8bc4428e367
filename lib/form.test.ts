import { expect, it } from "vitest";
import { formToObject } from "./form";

/** A form as the server has it: multipart on the way, as browsers send it. */
async function sent(fields: Readonly<Record<string, string>>): Promise<FormData> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return new Response(form).formData();
}

it("gives the lines of a text as they were typed and counted, not as they were sent", async () => {
  const form = await sent({ "answer.note": "one\ntwo\n", name: "x" });
  expect(form.get("answer.note")).toBe("one\r\ntwo\r\n");
  expect(formToObject(form)).toEqual({ answer: { note: "one\ntwo\n" }, name: "x" });
});
