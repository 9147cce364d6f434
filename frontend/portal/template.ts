// The shape of a contract template (contracts/schemas/contract-template-1.json) and new parts of one.

export type Value = string | number | boolean;

export interface Test {
  fact: string;
  present?: boolean;
  in?: Value[];
  not_in?: Value[];
}
export interface Part {
  when?: Test[];
}
export interface Line extends Part {
  text: string;
  label?: string;
  wide?: boolean;
}
export interface Column {
  heading: string;
  width: number;
}
/** A paragraph, a list, label-and-value fields or a table: whichever of the members it has. */
export interface Block extends Part {
  text?: string;
  items?: Line[];
  fields?: Line[];
  columns?: Column[];
  rows?: string[][];
  repeat?: string;
}
export interface Clause extends Part {
  id: string;
  heading?: string;
  covers?: number[];
  blocks: Block[];
}
export interface Bilingual {
  zh: string;
  en: string;
}
export interface Chapter extends Part {
  id: string;
  heading: Bilingual;
  numbered?: boolean;
  clauses: Clause[];
}
export interface Template {
  title: Bilingual;
  summary: Bilingual;
  applies_to: { employment_forms: string[]; term_types: string[] };
  chapters: Chapter[];
  signing: { order: string[]; seam: boolean; locked?: boolean };
}

/** New parts by their words; each waits for its text. */
export const newBlock: Record<"paragraph" | "items" | "fields" | "table", () => Block> = {
  paragraph: () => ({ text: "" }),
  items: () => ({ items: [{ text: "" }] }),
  fields: () => ({ fields: [{ label: "", text: "" }] }),
  table: () => ({
    columns: [
      { heading: "", width: 1 },
      { heading: "", width: 1 },
    ],
    rows: [["", ""]],
  }),
};

export function newClause(): Clause {
  return { id: newId("clause"), blocks: [newBlock.paragraph()] };
}

export function newChapter(): Chapter {
  return { id: newId("chapter"), heading: { zh: "", en: "" }, clauses: [newClause()] };
}

function newId(kind: string): string {
  return `${kind}-${Date.now().toString(36)}-${Math.floor(Math.random() * 1e6).toString(36)}`;
}
