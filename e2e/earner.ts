/** The admin of a partner whose customer bought credit and used it long ago. It is planted before the server starts. */
export const EARNER = {
  fullName: "Erna Earner",
  partnerName: "Earner Digital",
  email: "erna@earner.example",
  password: "Quiet-meadow-lantern-41",
} as const;

/** The commission that is to be paid, of what the customer used. */
export const COMMISSION = "$60.00";
