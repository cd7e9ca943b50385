// Arrow keys in the matrix: one stop for the tabulator, and from there by arrows, Home and End. The links and buttons of
// the cells are what gets the focus; a cell without any gets it itself.
"use strict";

(() => {
  const table = document.getElementById("matrix");
  if (!table) return;
  const STOPS = "a[href], button";

  const isShown = (element) => element.offsetParent !== null;
  const stops = (cell) => {
    const found = [...cell.querySelectorAll(STOPS)];
    return found.length ? found : [cell];
  };
  const rows = () => [...table.rows].filter(isShown);
  const cells = (row) => [...row.cells].filter(isShown);

  function silence(root) {
    for (const stop of root.querySelectorAll(`${STOPS}, th, td`)) {
      if (stop !== current) stop.tabIndex = -1;
    }
  }

  function take(stop) {
    if (current) current.tabIndex = -1;
    current = stop;
    current.tabIndex = 0;
  }

  function go(stop) {
    take(stop);
    stop.focus();
    stop.closest("th, td").scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function target(event) {
    const cell = event.target.closest("th, td");
    const row = cell?.parentElement;
    if (!row) return null;
    const lines = rows();
    const line = lines.indexOf(row);
    const at = cells(row).indexOf(cell);
    const along = cells(row).flatMap(stops);
    const place = along.indexOf(event.target);
    const below = (number) => {
      const there = lines[Math.max(0, Math.min(lines.length - 1, number))];
      const cellsThere = cells(there);
      const choice = stops(cellsThere[Math.min(at, cellsThere.length - 1)]);
      return choice.find((stop) => stop.tagName === event.target.tagName) ?? choice[0];
    };
    switch (event.key) {
      case "ArrowRight": return along[place + 1] ?? null;
      case "ArrowLeft": return along[place - 1] ?? null;
      case "ArrowDown": return line + 1 < lines.length ? below(line + 1) : null;
      case "ArrowUp": return line > 0 ? below(line - 1) : null;
      case "PageDown": return below(line + 10);
      case "PageUp": return below(line - 10);
      case "Home": return event.ctrlKey ? below(0) : along[0];
      case "End": return event.ctrlKey ? below(lines.length - 1) : along[along.length - 1];
      default: return undefined;
    }
  }

  let current = null;
  table.setAttribute("role", "grid");
  table.parentElement.removeAttribute("tabindex");
  silence(table);
  take(stops(table.rows[0].cells[1] ?? table.rows[0].cells[0])[0]);
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const node of change.addedNodes) if (node instanceof Element) silence(node.parentElement ?? node);
    }
    if (!current.isConnected || !isShown(current)) take(stops(table.rows[0].cells[0])[0]);
  }).observe(table, { childList: true, subtree: true });
  table.addEventListener("focusin", (event) => take(event.target));
  table.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.shiftKey) return;
    const stop = target(event);
    if (stop === undefined) return;
    event.preventDefault();
    if (stop) go(stop);
  });
})();
