// Stands in for Stripe.js: the part of `window.Stripe` that the product uses, with the card in a frame as Stripe has it.
(() => {
  const ORIGIN = new URL(document.currentScript.src).origin;
  const isOurs = (event, frame) =>
    event.origin === ORIGIN && event.source === frame.contentWindow && event.data?.from === "stripe-double";

  /** Resolves with the next message of a kind from a frame. */
  const heard = (frame, kind) =>
    new Promise((resolve) => {
      const listen = (event) => {
        if (!isOurs(event, frame) || event.data.is !== kind) return;
        removeEventListener("message", listen);
        resolve(event.data);
      };
      addEventListener("message", listen);
    });

  class CardElement {
    listeners = new Map();
    frame = null;

    on(event, listener) {
      this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
      return this;
    }

    emit(event, detail) {
      for (const listener of this.listeners.get(event) ?? []) listener({ elementType: "payment", ...detail });
    }

    mount(target) {
      const parent = typeof target === "string" ? document.querySelector(target) : target;
      this.frame = document.createElement("iframe");
      this.frame.title = "Secure payment input frame";
      this.frame.src = `${ORIGIN}/card-frame`;
      this.frame.style.cssText = "width:100%;border:0;height:210px;display:block";
      this.listen = (event) => {
        if (!this.frame || !isOurs(event, this.frame)) return;
        const { is, isComplete, height } = event.data;
        if (is === "ready") this.emit("ready", {});
        if (is === "change")
          this.emit("change", { complete: isComplete, empty: false, value: { type: "card" } });
        if (is === "size") this.frame.style.height = `${height}px`;
      };
      addEventListener("message", this.listen);
      parent.replaceChildren(this.frame);
    }

    unmount() {
      removeEventListener("message", this.listen);
      this.frame?.remove();
      this.frame = null;
    }

    destroy() {
      this.unmount();
      this.emit("destroy", {});
    }

    update() {}

    tell(message) {
      this.frame?.contentWindow.postMessage({ to: "stripe-double", ...message }, ORIGIN);
    }

    /** Makes a method of what was typed. */
    async createMethod(key, name) {
      const answer = heard(this.frame, "created");
      this.tell({ do: "create", key, name });
      const { result } = await answer;
      if (result.error) this.tell({ do: "problem", message: result.error.message });
      return result;
    }
  }

  class Elements {
    element = null;

    constructor(options) {
      this.options = options ?? {};
    }

    create() {
      this.element = new CardElement();
      return this.element;
    }

    getElement() {
      return this.element;
    }

    update(options) {
      Object.assign(this.options, options);
    }

    async submit() {
      const answer = heard(this.element.frame, "validated");
      this.element.tell({ do: "validate" });
      const { isComplete } = await answer;
      if (isComplete) return { selectedPaymentMethod: "card" };
      return {
        error: {
          type: "validation_error",
          code: "incomplete_card",
          message: "Your card details are incomplete.",
        },
      };
    }
  }

  /** The bank's page over the product's own, until the person has answered it. */
  async function showChallenge(url) {
    const dialog = document.createElement("dialog");
    const frame = document.createElement("iframe");
    frame.title = "3D Secure";
    frame.src = `${url}&framed=1`;
    frame.style.cssText = "width:min(26rem,80vw);height:20rem;border:0";
    dialog.style.cssText = "margin:auto;padding:0;border:0;border-radius:8px";
    dialog.append(frame);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
    await heard(frame, "answered");
    dialog.close();
    dialog.remove();
  }

  const KINDS = {
    pi: { path: "payment_intents", name: "paymentIntent", error: "last_payment_error" },
    seti: { path: "setup_intents", name: "setupIntent", error: "last_setup_error" },
  };

  function stripe(key) {
    async function call(method, path, params) {
      const body = new URLSearchParams(params);
      const response = await fetch(`${ORIGIN}/v1/${path}${method === "GET" ? `?${body}` : ""}`, {
        method,
        headers: { authorization: `Bearer ${key}` },
        ...(method === "POST" ? { body } : {}),
      });
      return await response.json();
    }

    const idOf = (secret) => secret.split("_secret")[0];

    async function retrieve(secret) {
      const { path, name } = KINDS[secret.split("_")[0]];
      const result = await call("GET", `${path}/${idOf(secret)}`, { client_secret: secret });
      return result.error ? { error: result.error } : { [name]: result };
    }

    /** Shows the bank's page where the intent asks for it, and gives the intent as it then is. */
    async function follow(secret, intent) {
      const { name, error } = KINDS[secret.split("_")[0]];
      const url = intent.next_action?.use_stripe_sdk?.stripe_js ?? intent.next_action?.redirect_to_url?.url;
      if (intent.status !== "requires_action" || !url) return { [name]: intent };
      await showChallenge(url);
      const after = await retrieve(secret);
      const failed = after[name]?.[error];
      return failed
        ? { error: { ...failed, payment_intent: after.paymentIntent, setup_intent: after.setupIntent } }
        : after;
    }

    async function confirm({ elements, clientSecret, confirmParams = {}, redirect = "always" }) {
      const secret = clientSecret ?? elements.options.clientSecret;
      const { path, name } = KINDS[secret.split("_")[0]];
      const params = { client_secret: secret, use_stripe_sdk: "true" };
      if (confirmParams.return_url) params.return_url = confirmParams.return_url;
      if (elements?.element) {
        const method = await elements.element.createMethod(
          key,
          confirmParams.payment_method_data?.billing_details?.name,
        );
        if (method.error) return { error: method.error };
        params.payment_method = method.id;
      } else if (confirmParams.payment_method) params.payment_method = confirmParams.payment_method;
      const intent = await call("POST", `${path}/${idOf(secret)}/confirm`, params);
      if (intent.error) elements?.element?.tell({ do: "problem", message: intent.error.message });
      if (intent.error) return { error: intent.error };
      const result = await follow(secret, intent);
      if (result.error || redirect === "if_required") return result;
      const target = new URL(confirmParams.return_url);
      target.searchParams.set(result[name].object, result[name].id);
      target.searchParams.set(`${result[name].object}_client_secret`, secret);
      target.searchParams.set("redirect_status", "succeeded");
      location.assign(target);
      return new Promise(() => {});
    }

    return {
      elements: (options) => new Elements(options),
      confirmPayment: confirm,
      confirmSetup: confirm,
      retrievePaymentIntent: retrieve,
      retrieveSetupIntent: retrieve,
      async handleNextAction({ clientSecret }) {
        const found = await retrieve(clientSecret);
        return found.error ? found : follow(clientSecret, found.paymentIntent ?? found.setupIntent);
      },
      _registerWrapper() {},
    };
  }
  stripe.version = "endive";
  window.Stripe = stripe;
})();
