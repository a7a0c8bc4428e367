/** The id of the form with the prices of a draft. */
export const PRICES_FORM = "draft-prices";
