import { describe, expect, it } from "vitest";
import { csvStream, toCsv } from "./csv";

const fieldOf = (value: string | number | bigint | null) =>
  toCsv(["given"], [[value]]).slice("\uFEFFgiven\r\n".length, -2);

describe("a field of a CSV file", () => {
  it.each(["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"])(
    "is no formula to a spreadsheet where it begins with %j",
    (sign) => {
      expect(fieldOf(`${sign}SUM(A1)`)).toBe(`'${sign}SUM(A1)`);
    },
  );

  it.each(["\r", "\n"])("is none where it begins with the end of a line, %j", (end) => {
    expect(fieldOf(`${end}=SUM(A1)`)).toBe(`"'${end}=SUM(A1)"`);
  });

  it("stays the number or the text that it is", () => {
    expect([-3, 7n, null, "-12.500000", "4", "a=b", "＋"].map(fieldOf)).toEqual([
      "-3",
      "7",
      "",
      "-12.500000",
      "4",
      "a=b",
      "'＋",
    ]);
    expect(fieldOf('A "quoted" one, and more\n')).toBe('"A ""quoted"" one, and more\n"');
  });

  it("is the same in a file that is sent while it is read", async () => {
    const given = [["=1+1", "a,b"]];
    async function* pages() {
      yield given;
      yield [];
    }
    expect(`\uFEFF${await new Response(csvStream(["x", "y"], pages())).text()}`).toBe(
      toCsv(["x", "y"], given),
    );
  });
});
