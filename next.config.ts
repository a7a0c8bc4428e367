import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  allowedDevOrigins: ["127.0.0.1"],
  // The engine calls this route for every step; in development that would drown everything else.
  logging: { incomingRequests: { ignore: [/\/api\/inngest/] } },
  // Types are checked once, by `npm run types`; the build does not repeat it.
  typescript: { ignoreBuildErrors: true },
  // A workflow's graph may be 1 MB; what is somewhat larger gets our message that says so, not a broken page.
  experimental: {
    serverActions: { bodySizeLimit: "4mb" },
    // Hundreds of megabytes for the next build, which there is none of on a machine that is thrown away.
    turbopackFileSystemCacheForBuild: !process.env.CI,
    // A third of the work of a build and two thirds of its size; a production server reads none.
    turbopackSourceMaps: process.env.NODE_ENV !== "production",
  },
  serverExternalPackages: [
    "@electric-sql/pglite",
    "@electric-sql/pglite-pgvector",
    "@node-rs/argon2",
    "pg",
    "pino",
    "pdfkit",
    "nodemailer",
    "unpdf",
    "mammoth",
    "@aws-sdk/client-s3",
  ],
};

export default config;
