// A template as fields: chapters, clauses, blocks, conditions.

import { type Desk, button, choice, grouped, line, make, prose, tick, ticks, tools } from "./desk";
import { type Block, type Chapter, type Clause, type Line, type Part, type Test, newBlock, newChapter, newClause } from "./template";

export function template(desk: Desk, open: Set<string>): HTMLElement[] {
  const { content, words } = desk;
  return [
    basics(desk),
    ...content.chapters.map((part, index) => chapter(desk, part, index, open)),
    adder(desk, words.chapter!, () => content.chapters.push(newChapter())),
    signing(desk),
  ];
}

function adder(desk: Desk, what: string, act: () => void): HTMLElement {
  return button(`＋ ${desk.words.add} ${what}`, () => desk.change(act), { class: "btn btn-sm btn-ghost-primary qb-part-add" });
}

function basics(desk: Desk): HTMLElement {
  const { content, words } = desk;
  const field = (name: string, of: "title" | "summary", language: "zh" | "en"): HTMLElement =>
    line(desk, words[name]!, `/${of}/${language}`, content[of][language], (value) => (content[of][language] = value));
  return make(
    "section",
    { class: "card card-body qb-part" },
    make("h2", { class: "h3" }, words.basics!),
    field("title", "title", "zh"),
    field("title_en", "title", "en"),
    field("summary", "summary", "zh"),
    field("summary_en", "summary", "en"),
    ticks(desk, words.forms!, desk.forms, content.applies_to.employment_forms),
    ticks(desk, words.terms!, desk.terms, content.applies_to.term_types),
  );
}

function signing(desk: Desk): HTMLElement {
  const { words } = desk;
  const { signing: signs } = desk.content;
  const orders = [
    ["worker,employer", words.worker_first!],
    ["employer,worker", words.employer_first!],
  ] as const;
  return make(
    "section",
    { class: "card card-body qb-part" },
    make("h2", { class: "h3" }, words.signing!),
    choice(desk, words.order!, orders, signs.order.join(), (value) => (signs.order = value.split(","))),
    tick(desk, words.seam!, signs.seam, (ticked) => (signs.seam = ticked)),
    tick(desk, words.locked!, signs.locked ?? false, (ticked) => (signs.locked = ticked)),
  );
}

function chapter(desk: Desk, part: Chapter, index: number, open: Set<string>): HTMLElement {
  const { words } = desk;
  const at = `/chapters/${index}`;
  const box = make("details", { class: "card qb-part", "data-at": at });
  box.open = open.has(part.id);
  box.addEventListener("toggle", () => (box.open ? open.add(part.id) : open.delete(part.id)));
  const heading = make("span", { class: "qb-part-title" }, part.heading.zh || `（${words.chapter}）`);
  const put = (value: string): void => {
    part.heading.zh = value;
    heading.textContent = value;
  };
  box.append(
    make("summary", { class: "card-header" }, heading, make("span", { class: "qb-note" }, ` ${part.clauses.length} ${words.clause}`)),
    make(
      "div",
      { class: "card-body" },
      tools(desk, desk.content.chapters, index, part.heading.zh),
      line(desk, words.title!, `${at}/heading/zh`, part.heading.zh, put),
      line(desk, words.title_en!, `${at}/heading/en`, part.heading.en, (value) => (part.heading.en = value)),
      tick(desk, words.numbered!, part.numbered ?? true, (ticked) => (part.numbered = ticked)),
      conditions(desk, part, at),
      ...part.clauses.map((each, number) => clause(desk, part.clauses, each, number, `${at}/clauses/${number}`)),
      adder(desk, words.clause!, () => part.clauses.push(newClause())),
    ),
  );
  return box;
}

function clause(desk: Desk, list: Clause[], part: Clause, index: number, at: string): HTMLElement {
  const { words } = desk;
  const name = `${words.clause} ${index + 1}`;
  const covers = part.covers ?? [];
  const cover = (number: number, ticked: boolean): void => {
    const now = covers.filter((each) => each !== number).concat(ticked ? [number] : []);
    if (now.length) part.covers = now.sort();
    else delete part.covers;
  };
  const heading = (value: string): void => {
    if (value) part.heading = value;
    else delete part.heading;
  };
  return make(
    "fieldset",
    { class: "qb-part-clause", "data-at": at },
    make("legend", { class: "qb-row" }, name, tools(desk, list, index, name)),
    line(desk, words.clause_heading!, `${at}/heading`, part.heading ?? "", heading),
    make(
      "details",
      {},
      make("summary", {}, `${words.covers}（${covers.length}）`),
      ...desk.items.map((item) => tick(desk, item.name, covers.includes(item.number), (ticked) => cover(item.number, ticked))),
    ),
    conditions(desk, part, at),
    ...part.blocks.map((each, number) => block(desk, part.blocks, each, number, `${at}/blocks/${number}`)),
    make(
      "div",
      { class: "btn-list" },
      ...(["paragraph", "items", "fields", "table"] as const).map((kind) =>
        adder(desk, words[kind]!, () => part.blocks.push(newBlock[kind]())),
      ),
    ),
  );
}

function block(desk: Desk, list: Block[], part: Block, index: number, at: string): HTMLElement {
  const { words } = desk;
  const kind = part.items ? "items" : part.fields ? "fields" : part.columns ? "table" : "paragraph";
  const name = `${words[kind]} ${index + 1}`;
  const box = make("div", { class: "qb-part-block", "data-at": at });
  box.append(make("div", { class: "qb-row" }, make("span", { class: "qb-note" }, words[kind]!), tools(desk, list, index, name)));
  if (part.text !== undefined) box.append(prose(desk, name, `${at}/text`, part.text, (value) => (part.text = value)));
  if (part.items) box.append(...lines(desk, part.items, `${at}/items`, words.item!));
  if (part.fields) box.append(...lines(desk, part.fields, `${at}/fields`, words.field!));
  if (part.columns && part.rows) box.append(table(desk, part, at));
  if (part.items || part.columns) box.append(repetition(desk, part));
  box.append(conditions(desk, part, at));
  return box;
}

function lines(desk: Desk, list: Line[], at: string, what: string): HTMLElement[] {
  const { words } = desk;
  const rows = list.map((each, index) => {
    const here = `${at}/${index}`;
    const name = `${what} ${index + 1}`;
    const row = make("div", { class: "qb-part-line", "data-at": here });
    if (each.label !== undefined) {
      row.append(
        line(desk, words.label!, `${here}/label`, each.label, (value) => (each.label = value)),
        tick(desk, words.wide!, each.wide ?? false, (ticked) => (each.wide = ticked)),
      );
    }
    row.append(prose(desk, name, `${here}/text`, each.text, (value) => (each.text = value)));
    row.append(tools(desk, list, index, name), conditions(desk, each, here));
    return row;
  });
  const labelled = list[0]?.label !== undefined || at.endsWith("/fields");
  return [...rows, adder(desk, what, () => list.push(labelled ? { label: "", text: "" } : { text: "" }))];
}

function table(desk: Desk, part: Block, at: string): HTMLElement {
  const { words } = desk;
  const columns = part.columns!;
  const rows = part.rows!;
  const addColumn = (): void => {
    columns.push({ heading: "", width: 1 });
    rows.forEach((row) => row.push(""));
  };
  const dropColumn = (index: number): void => {
    columns.splice(index, 1);
    rows.forEach((row) => row.splice(index, 1));
  };
  const heads = columns.map((column, index) =>
    make(
      "th",
      { scope: "col" },
      line(desk, `${words.column} ${index + 1}`, `${at}/columns/${index}/heading`, column.heading, (v) => (column.heading = v)),
      line(desk, words.width!, `${at}/columns/${index}/width`, String(column.width), (v) => (column.width = share(v)), "number"),
      button("✕", () => desk.change(() => dropColumn(index)), { "aria-label": `${words.remove}：${words.column} ${index + 1}` }),
    ),
  );
  const cells = rows.map((row, index) =>
    make(
      "tr",
      {},
      ...row.map((cell, column) =>
        make("td", {}, prose(desk, `${words.row} ${index + 1}`, `${at}/rows/${index}/${column}`, cell, (v) => (row[column] = v))),
      ),
      make("td", {}, tools(desk, rows, index, `${words.row} ${index + 1}`)),
    ),
  );
  return make(
    "div",
    { class: "qb-scroll" },
    make("table", { class: "table qb-part-table" }, make("thead", {}, make("tr", {}, ...heads, make("td"))), make("tbody", {}, ...cells)),
    adder(desk, words.row!, () => rows.push(columns.map(() => ""))),
    adder(desk, words.column!, addColumn),
  );
}

function share(typed: string): number {
  return Math.min(12, Math.max(1, Math.round(Number(typed)) || 1));
}

function repetition(desk: Desk, part: Block): HTMLElement {
  const { words } = desk;
  const options = [["", words.no_repeat!] as const, ...desk.repeats.map(({ path, name }) => [path, name] as const)];
  const put = (value: string): void => {
    if (value) part.repeat = value;
    else delete part.repeat;
  };
  const field = choice(desk, words.repeat!, options, part.repeat ?? "", put);
  return make("label", { class: "qb-part-field" }, make("span", { class: "form-label" }, words.repeat!), field);
}

function conditions(desk: Desk, part: Part, at: string): HTMLElement {
  const { words } = desk;
  const add = (): void => {
    part.when = [...(part.when ?? []), { fact: desk.facts[0]!.fact, present: true }];
  };
  const tests = (part.when ?? []).map((test, index) => condition(desk, part, test, index));
  const more = button(`＋ ${words.add_when}`, () => desk.change(add), { class: "btn btn-sm btn-ghost-secondary" });
  const lead = tests.length ? [make("span", { class: "form-label" }, words.when!)] : [];
  return make("div", { class: "qb-part-when", "data-at": `${at}/when` }, ...lead, ...tests, more);
}

function condition(desk: Desk, part: Part, test: Test, index: number): HTMLElement {
  const { words } = desk;
  const known = desk.facts.find(({ fact }) => fact === test.fact);
  const kinds = [["present", words.present!], ["absent", words.absent!]] as [string, string][];
  if (known?.values.length || test.in || test.not_in) kinds.push(["in", words.in!], ["not_in", words.not_in!]);
  const kind = test.in ? "in" : test.not_in ? "not_in" : test.present ? "present" : "absent";
  const replace = (now: Test): void => void (part.when![index] = now);
  const put = (wanted: string): void => {
    const values = test.in ?? test.not_in ?? known?.values.slice(0, 1).map(({ value }) => value) ?? [];
    if (wanted === "in" || wanted === "not_in") replace({ fact: test.fact, [wanted]: values });
    else replace({ fact: test.fact, present: wanted === "present" });
  };
  const fact = make("select", { class: "form-select", "aria-label": words.when! });
  fact.append(...grouped(desk.facts.map((each) => ({ value: each.fact, name: each.name, group: each.group }))));
  if (!known) fact.append(make("option", { value: test.fact }, test.fact));
  fact.value = test.fact;
  fact.addEventListener("change", () => desk.change(() => replace({ fact: fact.value, present: true })));
  const values = test.in ?? test.not_in;
  const set = (value: string | number | boolean, ticked: boolean): void => {
    const now = values!.filter((each) => each !== value).concat(ticked ? [value] : []);
    replace({ fact: test.fact, [kind]: now });
  };
  const offered = known?.values.length ? known.values : (values ?? []).map((value) => ({ value, name: String(value) }));
  const ticks = values ? offered.map(({ value, name }) => tick(desk, name, values.includes(value), (on) => set(value, on))) : [];
  const drop = (): void => {
    part.when!.splice(index, 1);
    if (!part.when!.length) delete part.when;
  };
  const remove = button("✕", () => desk.change(drop), { "aria-label": `${words.remove}：${words.when} ${index + 1}` });
  return make("div", { class: "qb-part-test" }, fact, choice(desk, words.when!, kinds, kind, put), ...ticks, remove);
}
