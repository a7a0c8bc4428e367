import { File, FileCode, FileSpreadsheet, FileText, type LucideIcon, Presentation } from "lucide-react";

const ICONS: Readonly<Record<string, LucideIcon>> = {
  pdf: FileText,
  docx: FileText,
  pptx: Presentation,
  xlsx: FileSpreadsheet,
  csv: FileSpreadsheet,
  md: FileCode,
  html: FileCode,
  txt: FileText,
};

const NAMES: Readonly<Record<string, string>> = {
  pdf: "PDF",
  docx: "Word",
  pptx: "PowerPoint",
  xlsx: "Excel",
  csv: "CSV",
  md: "Markdown",
  html: "HTML",
  txt: "Text",
};

/** The name of a file format for people. */
export function formatName(format: string): string {
  return NAMES[format] ?? format;
}

export function FormatIcon({ format, className }: { format: string; className?: string }) {
  const Icon = ICONS[format] ?? File;
  return <Icon className={className} aria-hidden="true" />;
}
