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

/** Many times as long as it takes, and far from long enough to go through all fields for each of them. */
const SOON = { timeout: 20_000 };

it("reads a form of as many fields as a request holds, and lists what has one name", SOON, () => {
  const form = new FormData();
  for (let number = 0; number < 60_000; number += 1) form.append(`field${number}`, "x");
  form.append("field1", "y");
  const read = formToObject(form);
  expect(Object.keys(read)).toHaveLength(60_000);
  expect(read).toMatchObject({ field0: "x", field1: ["x", "y"] });
});
