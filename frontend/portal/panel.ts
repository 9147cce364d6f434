// Beside the pages: the chosen field in numbers, all fields as a list, and what the whole template says of itself.

import { keptText, shownText } from "./blanks";
import { type Acts, button, choice, grouped, line, make, prose, tick, ticks } from "./desk";
import { type Field, MILLIMETRE, isDay, isMark, moved, onPage, sized } from "./fields";
import type { Upload } from "./upload";

export interface Deeds extends Acts {
  replace(field: Field): void;
  choose(id: string, show: boolean): void;
  remove(id: string): void;
  everywhere(id: string): void;
}

export class Panel {
  private readonly whole = make("div");
  private readonly one = make("div", { class: "card-body", id: "chosen" });
  private readonly all = make("div", { class: "card-body" });

  constructor(
    root: HTMLElement,
    private readonly desk: Upload,
    private readonly deeds: Deeds,
  ) {
    root.append(
      make("section", { class: "card mb-3" }, this.one),
      make("section", { class: "card mb-3" }, this.all),
      make("section", { class: "card mb-3" }, this.whole),
    );
  }

  draw(chosen: string): void {
    const { fields } = this.desk.content;
    const index = fields.findIndex(({ id }) => id === chosen);
    const at = document.activeElement?.getAttribute("data-input");
    this.one.textContent = "";
    this.one.append(...(index < 0 ? [make("p", { class: "qb-note mb-0" }, this.desk.words.nothing!)] : this.chosen(fields[index]!)));
    this.all.textContent = "";
    this.all.append(...this.list(chosen));
    this.whole.textContent = "";
    this.whole.append(...this.template());
    if (at) document.querySelector<HTMLElement>(`[data-input="${at}"]`)?.focus({ preventScroll: true });
  }

  private chosen(field: Field): HTMLElement[] {
    const { words, pages } = this.desk;
    const { deeds } = this;
    const sheet = pages[field.page - 1]!;
    const now = (): Field => this.desk.content.fields.find(({ id }) => id === field.id) ?? field;
    const number = (name: string, value: number, put: (value: number) => Field): HTMLElement => {
      const input = make("input", { class: "form-control", type: "number", step: "0.5", min: "0", "data-input": name });
      input.value = String(Math.round(value * 10) / 10);
      input.addEventListener("input", () => {
        if (Number.isFinite(input.valueAsNumber)) deeds.typed(input, () => deeds.replace(put(input.valueAsNumber)));
      });
      return make("label", { class: "qb-placer-number" }, make("span", { class: "form-label" }, words[name]!), input);
    };
    const across = (mm: number): number => (mm * MILLIMETRE) / sheet.w;
    const down = (mm: number): number => (mm * MILLIMETRE) / sheet.h;
    const numbers = make("div", { class: "qb-placer-numbers" });
    const mm = { x: (field.x * sheet.w) / MILLIMETRE, y: (field.y * sheet.h) / MILLIMETRE };
    if (field.kind !== "seam") numbers.append(number("left", mm.x, (value) => moved(now(), across(value), now().y)));
    numbers.append(number("top", mm.y, (value) => moved(now(), now().x, down(value))));
    if (field.kind !== "seam") {
      numbers.append(
        number("wide", (field.w * sheet.w) / MILLIMETRE, (value) => sized(now(), across(value), now().h, sheet)),
        number("high", (field.h * sheet.h) / MILLIMETRE, (value) => sized(now(), now().w, down(value), sheet)),
      );
    }
    const parts: HTMLElement[] = [make("h2", { class: "h3" }, words[field.kind]!)];
    if (field.kind === "seam") parts.push(make("p", { class: "qb-note" }, words.seam_note!));
    if (isDay(field)) parts.push(make("p", { class: "qb-note" }, words.day_note!));
    if (field.kind === "date") parts.push(...this.date(field));
    if (field.kind === "text") parts.push(...this.text(field, now));
    if (field.size) numbers.append(number("size", field.size, (size) => ({ ...now(), size: Math.max(6, Math.min(size, 36)) })));
    parts.push(numbers);
    if (field.kind !== "seam" && pages.length > 1) {
      const options = pages.map((_, index): [string, string] => [String(index + 1), String(index + 1)]);
      const page = choice(deeds, words.on_page!, options, String(field.page), (value) =>
        deeds.replace(onPage(now(), Number(value), pages)),
      );
      page.setAttribute("data-input", "page");
      parts.push(make("label", { class: "qb-part-field" }, make("span", { class: "form-label" }, words.on_page!), page));
    }
    const tools = make("div", { class: "btn-list" });
    if (!isMark(field) && field.kind !== "seam" && pages.length > 1) tools.append(button(words.everywhere!, () => deeds.everywhere(field.id)));
    tools.append(button(words.remove!, () => deeds.remove(field.id), { class: "btn btn-sm btn-outline-danger" }));
    parts.push(tools);
    return parts;
  }

  private date(field: Field): HTMLElement[] {
    const { words, blanks } = this.desk;
    const dates = blanks.filter(({ code }) => code.endsWith("|date}"));
    const select = choice(
      this.deeds,
      words.choose_date!,
      dates.map(({ code, name }) => [code, name] as const),
      field.text!,
      (text) => this.deeds.replace({ ...field, text }),
    );
    select.setAttribute("data-input", "text");
    return [make("p", { class: "qb-note" }, words.date_note!), select];
  }

  private text(field: Field, now: () => Field): HTMLElement[] {
    const { words, blanks } = this.desk;
    const desk = { ...this.deeds, blanks, typed: this.deeds.typed };
    const put = (text: string): void => this.deeds.replace({ ...now(), text });
    const area = prose(desk, words.content!, "", field.text!, put) as HTMLTextAreaElement;
    area.setAttribute("data-input", "text");
    const select = make("select", { class: "form-select", "aria-label": words.insert! });
    select.append(make("option", { value: "" }, `${words.insert}…`));
    select.append(...grouped(blanks.filter(({ code }) => !code.startsWith("{item")).map(({ name, group }) => ({ value: name, name, group }))));
    select.addEventListener("change", () => {
      area.setRangeText(`【${select.value}】`, area.selectionStart, area.selectionEnd, "end");
      this.deeds.change(() => put(keptText(area.value, blanks)));
    });
    return [area, select];
  }

  private list(chosen: string): HTMLElement[] {
    const { words, blanks, content } = this.desk;
    const rows = content.fields.map(({ id, kind, page, text }) => {
      const name = `${text ? shownText(text, blanks) : words[kind]} · ${page}`;
      const go = button(name, () => this.deeds.choose(id, true), { class: "btn btn-sm qb-listed", "data-input": id });
      if (id === chosen) go.setAttribute("aria-current", "true");
      return make("li", {}, go);
    });
    const empty = make("p", { class: "qb-note mb-0" }, words.none_placed!);
    return [make("h2", { class: "h3" }, words.on_pages!), rows.length ? make("ol", {}, ...rows) : empty];
  }

  private template(): HTMLElement[] {
    const { words, content, items, forms, terms } = this.desk;
    const { deeds } = this;
    const basics = make("details", { class: "card-body" }, make("summary", {}, words.basics!));
    basics.append(
      line(deeds, words.title!, "/title/zh", content.title.zh, (text) => (content.title.zh = text)),
      line(deeds, words.title_en!, "/title/en", content.title.en, (text) => (content.title.en = text)),
      line(deeds, words.summary!, "/summary/zh", content.summary.zh, (text) => (content.summary.zh = text)),
      line(deeds, words.summary_en!, "/summary/en", content.summary.en, (text) => (content.summary.en = text)),
      ticks(deeds, words.forms!, forms, content.applies_to.employment_forms),
      ticks(deeds, words.terms!, terms, content.applies_to.term_types),
    );
    const numbers = items.map(({ number, name }) => [number, name] as const);
    const covers = make("details", { class: "card-body", "data-at": "/covers" }, make("summary", {}, words.confirm_covers!));
    covers.append(ticks(deeds, words.confirm_covers!, numbers, content.covers));
    const signing = make("details", { class: "card-body" }, make("summary", {}, words.signing!));
    const orders: [string, string][] = [
      ["worker", words.worker_first!],
      ["employer", words.employer_first!],
    ];
    signing.append(
      choice(deeds, words.order!, orders, content.signing.order[0]!, (first) => {
        content.signing.order = first === "worker" ? ["worker", "employer"] : ["employer", "worker"];
      }),
      tick(deeds, words.locked!, content.signing.locked ?? false, (locked) => (content.signing.locked = locked)),
    );
    return [covers, basics, signing].map((part) => this.kept(part));
  }

  /** Details stay open when they are drawn anew. */
  private kept(part: HTMLDetailsElement): HTMLElement {
    const name = part.firstChild!.textContent!;
    part.open = this.open.has(name);
    part.addEventListener("toggle", () => (part.open ? this.open.add(name) : this.open.delete(name)));
    return part;
  }
  private readonly open = new Set<string>();
}
