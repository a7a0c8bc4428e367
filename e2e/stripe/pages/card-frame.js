// The frame with the fields of a card: it alone sees the number, and tells the page around it the id of the method.
const form = document.getElementById("card");
const problem = document.getElementById("problem");
const tell = (message) => parent.postMessage({ from: "stripe-double", ...message }, "*");

async function createMethod(key, name) {
  const data = new FormData(form);
  const [month = "", year = ""] = String(data.get("expiry")).split("/");
  const body = new URLSearchParams({
    type: "card",
    "card[number]": String(data.get("number")),
    "card[exp_month]": month.trim(),
    "card[exp_year]": `20${year.trim()}`,
    "card[cvc]": String(data.get("cvc")),
    ...(name ? { "billing_details[name]": name } : {}),
  });
  const response = await fetch("/v1/payment_methods", {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/x-www-form-urlencoded" },
    body,
  });
  return await response.json();
}

addEventListener("message", async ({ data, source }) => {
  if (source !== parent || data?.to !== "stripe-double") return;
  if (data.do === "validate") tell({ is: "validated", isComplete: form.reportValidity() });
  if (data.do === "create") {
    problem.textContent = "";
    tell({ is: "created", result: await createMethod(data.key, data.name) });
  }
  if (data.do === "problem") problem.textContent = data.message;
});
const change = () => tell({ is: "change", isComplete: form.checkValidity() });
form.addEventListener("input", change);
form.addEventListener("submit", (event) => event.preventDefault());
new ResizeObserver(() => tell({ is: "size", height: document.body.scrollHeight })).observe(document.body);
tell({ is: "ready" });
change();
