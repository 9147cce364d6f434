// The check boxes of a list: "all of this page", and how many are picked.
export function watchLists(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-list]").forEach((list) => {
    const all = list.querySelector<HTMLInputElement>("[data-pick-all]");
    const picked = list.querySelector<HTMLElement>("[data-picked]");
    if (!all || !picked) return;
    const boxes = Array.from(list.querySelectorAll<HTMLInputElement>("input[name=pick]"));
    const count = (): void => {
      const number = boxes.filter((box) => box.checked).length;
      picked.textContent = String(number);
      all.checked = number > 0 && number === boxes.length;
      all.indeterminate = number > 0 && number < boxes.length;
    };
    all.addEventListener("change", () => {
      boxes.forEach((box) => (box.checked = all.checked));
      count();
    });
    list.addEventListener("change", count);
    count();
  });
}
