// The shape of a template made of an uploaded document (contracts/schemas/uploaded-template-1.json), without the
// document itself, and what its editor is given besides.

import type { Blank } from "./blanks";
import type { Field, Sheet } from "./fields";
import type { Bilingual } from "./template";

export interface Content {
  title: Bilingual;
  summary: Bilingual;
  applies_to: { employment_forms: string[]; term_types: string[] };
  covers: number[];
  fields: Field[];
  signing: { order: string[]; locked?: boolean };
}
export interface Upload {
  content: Content;
  readonly pages: readonly (Sheet & { readonly picture: string })[];
  readonly blanks: readonly Blank[];
  readonly items: readonly { readonly number: number; readonly name: string }[];
  readonly forms: readonly (readonly [string, string])[];
  readonly terms: readonly (readonly [string, string])[];
  readonly words: Readonly<Record<string, string>>;
}
