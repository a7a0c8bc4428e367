/** Shortest and longest password, in characters. No rule about kinds of characters: length is what counts. */
export const PASSWORD_LENGTH = { min: 12, max: 128 } as const;

export const PASSWORD_HINT = `At least ${PASSWORD_LENGTH.min} characters. A few unrelated words are easy to remember and hard to guess.`;

/** What most guesses are made of: a password that is one of these and padding is refused. */
const COMMON_CORES = new Set(
  `password passwort passw0rd pass qwerty qwertyuiop qwertyuiopasdfgh qwertz azerty azertyuiop asdf asdfgh asdfghjkl zxcvbnm zxcvbn
  qazwsx qazwsxedc qwerasdf qweasd qweasdzxc iloveyou iloveyouforever ilovemyself letmein letmeinnow welcome welcomehome
  admin administrator adminadmin root rootroot user username guest login loginlogin master monkey dragon football baseball
  basketball superman batman spiderman starwars princess sunshine shadow michael jennifer jordan charlie liverpool
  manchester chelsea arsenal barcelona computer internet whatever trustno trustnoone changeme changeit changemenow
  default secret secretsecret test testtest testing testuser demo temp temporary hello helloworld hellohello abc abcabc
  abcd abcdef abcdefg abcdefgh abcdefghi abcdefghij abcdefghijk abcdefghijkl abcdefghijklm google facebook apple microsoft
  windows samsung company summer winter spring autumn january december monday friday freedom blink unknown pokemon
  minecraft myspace linkedin access accessdenied flower passwordpassword mypassword yourpassword thisismypassword
  mynameis correcthorsebatterystaple opensesame supersecret topsecret nothing something everything anything
  forever babygirl loveyou lovelove mustang corvette ferrari porsche`.split(/\s+/),
);

const SEQUENCES = [
  "01234567890123456789",
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiopasdfghjklzxcvbnm",
  "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
];

const LEET: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "l",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

function lettersOf(text: string): string {
  return text.replace(/[^a-z]/g, "");
}

function isCommon(lower: string): boolean {
  // What pads a word at its ends is cut off first: there a "!" is no "i".
  const core = lower.replace(/^[^a-z]+|[^a-z]+$/g, "");
  const plain = [...core].map((char) => LEET[char] ?? char).join("");
  return [lettersOf(lower), lettersOf(plain)].some((letters) => COMMON_CORES.has(letters));
}

/** Few different characters, one piece over and over, or a run along the alphabet or the keyboard. */
function isPattern(lower: string): boolean {
  if (new Set(lower).size < 5) return true;
  if (/^(.{1,6})\1+.?$/.test(lower)) return true;
  const reversed = [...lower].reverse().join("");
  return SEQUENCES.some((run) => `${run}${run}`.includes(lower) || `${run}${run}`.includes(reversed));
}

/** Words an attacker knows about this person. */
export type PasswordContext = { email?: string; name?: string };

function contextWords({ email = "", name = "" }: PasswordContext): string[] {
  const parts = [
    ...email.split(/[^a-z0-9]+/i),
    email.split("@")[0] ?? "",
    ...name.split(/\s+/),
    "hirebuddha",
    "buddha",
  ];
  return parts.map((part) => part.toLowerCase()).filter((part) => part.length >= 4);
}

function isMostlyContext(lower: string, context: PasswordContext): boolean {
  const words = contextWords(context).sort((a, b) => b.length - a.length);
  const rest = words.reduce((text, word) => text.replaceAll(word, ""), lower);
  return rest.length < lower.length && rest.length < 8;
}

/** What is wrong with a new password, as a sentence for its field, or null. */
export function passwordProblem(password: string, context: PasswordContext = {}): string | null {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH.min) return `Use at least ${PASSWORD_LENGTH.min} characters.`;
  if (length > PASSWORD_LENGTH.max) return `Use at most ${PASSWORD_LENGTH.max} characters.`;
  const lower = password.toLowerCase();
  if (isMostlyContext(lower, context)) return "This is too close to your name, your e-mail or the product.";
  if (isCommon(lower) || isPattern(lower))
    return "This password is too easy to guess. A few unrelated words work well.";
  return null;
}
