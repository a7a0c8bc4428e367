import { describe, expect, it } from "vitest";
import { lexicalEmbedding } from "./embedding";
import { words } from "./text";

function similarity(a: string, b: string): number {
  const [left, right] = [lexicalEmbedding(a), lexicalEmbedding(b)];
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}

describe("scripts that put no space between words", () => {
  it.each([
    [
      "退货期限是多久",
      "退货政策：客户可以在三十天内退货。退款将在五个工作日内到账。",
      "我们的办公室在上海，周末不营业。",
    ],
    ["保修期", "保修期为两年，从购买之日起计算。", "送货范围包括全国所有城市。"],
    [
      "返品の期限は",
      "商品の返品は三十日以内に限ります。返品の送料はお客様の負担です。",
      "営業時間は九時から十七時までです。",
    ],
  ])("%s finds what speaks of it, and not something else", (question, fits, other) => {
    expect(similarity(question, fits)).toBeGreaterThan(0.1);
    expect(similarity(question, fits)).toBeGreaterThan(similarity(question, other) + 0.05);
  });

  it("are cut into pairs, the words of others beside them stay whole", () => {
    expect(words("iPhone手机壳 Size")).toEqual(["iphone", "手机", "机壳", "size"]);
    expect(words("水 it's 3.5")).toEqual(["水", "it's", "3.5"]);
  });
});
