import { Buffer } from "node:buffer";
import PDFDocument from "pdfkit";

export type SeedFile = { filename: string; bytes: Buffer };

type Chapter = { title: string; paragraphs: readonly string[] };

const HANDBOOK: readonly Chapter[] = [
  {
    title: "How we talk to customers",
    paragraphs: [
      "Brightleaf Foods delivers vegetable boxes and pantry goods to 14,000 households. Most people write to us because a delivery changed their plans for dinner, so a quick and plain answer matters more than a long one.",
      "Answer within two hours between 08:00 and 20:00. Greet the customer by name, say what will happen next, and give one date or one amount. Never promise what another team has to decide.",
      "If a question is about an allergy, do not guess. Read the ingredient list of the exact article and name the batch. When the batch is unknown, tell the customer not to eat the product until quality assurance has answered.",
    ],
  },
  {
    title: "Late and missing deliveries",
    paragraphs: [
      "A delivery is late when it has not arrived by the end of the booked window. The customer chooses between a new window on the next day and a full refund of the box. The driver's note decides whether it counts as late or as missed by the customer.",
      "If a delivery is more than four hours late, the customer also receives a credit of 5 euros without asking for it. Two late deliveries in one month are escalated to the regional manager.",
      "A missing article is refunded at its list price. There is no need for a photo when the article costs less than 15 euros.",
    ],
  },
  {
    title: "Damaged goods and quality",
    paragraphs: [
      "Ask for a photo of damaged goods. Fresh products are refunded or replaced when the customer writes within 24 hours after the delivery; pantry goods within 14 days.",
      "A spoiled product is always reported to quality assurance with its batch number, even if the customer does not want a refund.",
      "Refunds go back to the payment method of the order and arrive within five working days.",
    ],
  },
  {
    title: "Subscriptions and pauses",
    paragraphs: [
      "A box subscription can be paused or cancelled until Wednesday 18:00 for the delivery of the following week. After that the box is already packed and can only be donated or delivered to a neighbour.",
      "A pause lasts at most eight weeks. The price is not charged while the subscription is paused.",
      "Customers who cancel are asked for the reason once. They are not called back.",
    ],
  },
];

const RETURNS = `# Returns and refunds

This policy holds for every order in the web shop of Brightleaf Foods.

## What can be returned

Unopened pantry goods can be returned within **30 days**. Fresh products cannot be sent back; they are refunded when the
customer writes within 24 hours after the delivery. Gift cards are refunded only while they are unused.

## How a return works

1. The customer asks for a return label in the app or by mail.
2. The parcel is handed in at any post office within seven days.
3. The refund is made on the day the parcel reaches the warehouse and arrives within five working days.

Shipping is free for the customer when the article was wrong or damaged. Otherwise 3.90 euros are deducted.

## Exceptions

Articles from the clearance shelf are excluded from returns unless they are damaged. Orders above 250 euros need the
approval of a team lead before the refund is made.
`;

const PRICES = `article,unit,price_eur,allergens
Vegetable box small,box,18.90,celery
Vegetable box family,box,29.50,celery
Red lentils,500 g,2.40,
Whole grain pasta,500 g,1.95,gluten
Peanut butter crunchy,350 g,4.20,peanuts
Oat drink,1 l,1.85,gluten
Tomato passata,690 g,2.15,
Olive oil extra virgin,750 ml,11.90,
Hazelnut spread,300 g,4.95,hazelnuts; milk
Dark chocolate 70%,100 g,2.60,soy; milk traces
`;

const DELIVERY = `<!doctype html>
<html lang="en">
<head><title>Delivery areas and times</title></head>
<body>
<h1>Delivery areas and times</h1>
<p>We deliver from Tuesday to Saturday. The window is three hours long and is chosen with the order.</p>
<h2>Areas</h2>
<ul>
<li>North: Tuesday and Friday, 07:00 to 19:00</li>
<li>Centre: every delivery day, 07:00 to 22:00</li>
<li>South: Wednesday and Saturday, 09:00 to 19:00</li>
</ul>
<h2>Costs</h2>
<p>Delivery costs 4.50 euros and is free for orders of 45 euros or more. An evening window after 19:00 costs 2 euros more.</p>
<h2>Changes</h2>
<p>Address and window can be changed until 20:00 on the day before the delivery. On public holidays the route of the next working day is used.</p>
</body>
</html>
`;

async function handbook(): Promise<Buffer> {
  const doc = new PDFDocument({ size: "A4", margin: 64, info: { Title: "Customer service handbook" } });
  const parts: Buffer[] = [];
  const done = new Promise<Buffer>((resolve) => {
    doc.on("data", (part: Buffer) => parts.push(part));
    doc.on("end", () => resolve(Buffer.concat(parts)));
  });
  for (const [index, chapter] of HANDBOOK.entries()) {
    if (index > 0) doc.addPage();
    doc
      .font("Helvetica-Bold")
      .fontSize(20)
      .text(`${index + 1}. ${chapter.title}`);
    doc.moveDown(0.6).font("Helvetica").fontSize(11.5);
    for (const paragraph of chapter.paragraphs) doc.text(paragraph, { lineGap: 3 }).moveDown(0.8);
  }
  doc.end();
  return done;
}

/** The documents of the demo workspace: a PDF, a Markdown file, a table and a web page, all about one shop. */
export async function seedFiles(): Promise<SeedFile[]> {
  return [
    { filename: "Customer service handbook.pdf", bytes: await handbook() },
    { filename: "Returns and refunds.md", bytes: Buffer.from(RETURNS) },
    { filename: "Price list.csv", bytes: Buffer.from(PRICES) },
    { filename: "Delivery areas and times.html", bytes: Buffer.from(DELIVERY) },
  ];
}
