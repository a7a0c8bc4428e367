import { expect, type Page } from "@playwright/test";

const STRIPE = `http://127.0.0.1:${process.env.E2E_STRIPE_PORT}`;
const KEY = "sk_test_ofTheDouble1";

/** Tells the Stripe of this machine what is to happen there. */
export async function tellStripe(page: Page, command: Record<string, unknown>): Promise<void> {
  const answer = await page.request.post(`${STRIPE}/_double`, { data: command });
  expect(answer.ok(), await answer.text()).toBe(true);
}

type Call = { form?: Record<string, string>; account?: string };

const headersOf = ({ account }: Call) => ({
  authorization: `Bearer ${KEY}`,
  ...(account ? { "stripe-account": account } : {}),
});

/** Calls the Stripe of this machine as the platform, or as one of its accounts. */
export async function postToStripe(page: Page, path: string, call: Call = {}) {
  const { form = {} } = call;
  const answer = await page.request.post(`${STRIPE}/v1/${path}`, { headers: headersOf(call), form });
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer.json();
}

/** Reads a list of Stripe's. */
export async function listOfStripe(page: Page, path: string) {
  const answer = await page.request.get(`${STRIPE}/v1/${path}`, { headers: headersOf({}) });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()).data;
}

/** Looks at the page again until it says something. */
export async function expectToSay(page: Page, text: string | RegExp): Promise<void> {
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(text).first()).toBeVisible({ timeout: 5_000 });
  }).toPass();
}
