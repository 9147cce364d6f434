// Text of a template as it is kept (`自{contract.start|date}起`) and as it is shown (`自【合同起始日期】起`).

export interface Blank {
  readonly code: string;
  readonly name: string;
  readonly group: string;
}

/** The text with every blank by its name. Braces that are meant as such are doubled where the text is kept. */
export function shownText(kept: string, blanks: readonly Blank[]): string {
  const names = new Map(blanks.map(({ code, name }) => [code, name]));
  return kept.replace(/\{\{|\}\}|\{[^{}]*\}/g, (found) => {
    if (found === "{{") return "{";
    if (found === "}}") return "}";
    const name = names.get(found);
    return name === undefined ? found : `【${name}】`;
  });
}

/** The inverse. A name that is not on offer stays as it is; the server says so. */
export function keptText(shown: string, blanks: readonly Blank[]): string {
  const codes = new Map(blanks.map(({ code, name }) => [name, code]));
  return shown.replace(/【([^】]*)】|[{}]/g, (found, name?: string) => {
    if (found === "{" || found === "}") return found + found;
    return codes.get(name ?? "") ?? found;
  });
}
