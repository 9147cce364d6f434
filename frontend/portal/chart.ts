// Draws the charts of the dashboard from the tables below them. Loaded when one comes into view.
import { BarController, BarElement, CategoryScale, Chart, LinearScale, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Tooltip);

function draw(holder: HTMLElement): void {
  const canvas = holder.querySelector("canvas");
  const rows = document.querySelectorAll<HTMLTableRowElement>(`#${holder.dataset.chart ?? ""} tbody tr`);
  if (!canvas) return;
  const cells = Array.from(rows, (row) => Array.from(row.cells, (cell) => cell.textContent ?? ""));
  const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const chart = new Chart(canvas, {
    type: "bar",
    data: {
      labels: cells.map(([label]) => label),
      datasets: [{ data: cells.map(([, number]) => Number(number)), maxBarThickness: 48 }],
    },
    options: {
      animation: false,
      maintainAspectRatio: false,
      scales: { x: { grid: { display: false } }, y: { beginAtZero: true, ticks: { precision: 0 } } },
    },
  });
  const paint = (): void => {
    chart.data.datasets.forEach((bars) => (bars.backgroundColor = colour("--qb-accent")));
    for (const scale of Object.values(chart.options.scales ?? {})) {
      scale!.ticks = { ...scale!.ticks, color: colour("--qb-muted") };
      scale!.grid = { ...scale!.grid, color: colour("--qb-line") };
    }
    chart.update();
  };
  paint();
  new MutationObserver(paint).observe(document.documentElement, { attributeFilter: ["data-bs-theme"] });
}

document.querySelectorAll<HTMLElement>("[data-chart]").forEach(draw);
