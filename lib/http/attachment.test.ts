import { expect, it } from "vitest";
import { attachment } from "./attachment";

it("names a file in any script, and in ASCII beside it", () => {
  expect(attachment('Prüfung "A" (1).json')).toBe(
    `attachment; filename="Pr_fung _A_ _1_.json"; filename*=UTF-8''Pr%C3%BCfung%20%22A%22%20%281%29.json`,
  );
  expect(attachment("a\r\nset-cookie: x")).toBe(
    `attachment; filename="a__set-cookie_ x"; filename*=UTF-8''a%0D%0Aset-cookie%3A%20x`,
  );
  expect(attachment("half \ud800")).toContain("half%20%EF%BF%BD");
});
