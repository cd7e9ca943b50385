// The home page: opens areas and topics in place, filters, sorts, and hides columns. What is chosen stands in the address
// behind the #, so that a view can be sent to somebody.
"use strict";

(() => {
  const { el, state } = sslspec;
  const table = document.getElementById("matrix");
  const body = table.tBodies[0];
  const said = document.getElementById("said");
  const query = document.getElementById("query");
  const sortColumns = document.getElementById("sort-columns");
  const sortAreas = document.getElementById("sort-areas");
  const boxes = [];
  const MOST = 400; // scenarios that a filter shows: more of them nobody reads, and a page gets slow
  const whole = body.rows[0];
  const areaRows = [...body.rows].filter((row) => row.dataset.area !== undefined);
  const opened = new Set();
  const original = new Map([...body.rows].map((row) => [row, [...row.cells].map((cell) => [...cell.childNodes])]));
  let order = state.columns.map((_, number) => number);
  let shown = new Set(order);
  let turn = 0;

  const visible = () => order.filter((number) => shown.has(number));
  const issues = (tally) => tally.applicable - tally.passed + tally.unexpected;
  const numbersOf = (cell) => {
    const [passed, applicable] = (cell?.querySelector(".n")?.firstChild.textContent ?? "0/0").split("/").map(Number);
    return { passed, applicable, unexpected: cell?.querySelector(".flag.bad") ? 1 : 0 };
  };

  function say(text, wrong = false) {
    said.textContent = text;
    said.classList.toggle("wrong", wrong);
  }

  // -- rows ---------------------------------------------------------------------------------------------------------

  function inner(title, rows, className, scenario) {
    const made = el("tr", { class: className }, el("th", { scope: "row" }, ...title));
    state.columns.forEach((_, number) => {
      const found = sslspec.tally(rows, number);
      const content = scenario ? sslspec.verdict(found) : sslspec.cell(found);
      made.append(el("td", { "data-column": number }, el("span", { class: "cell" }, ...content)));
    });
    arrange(made);
    return made;
  }

  const human = (name) => name.replaceAll("_", " ");

  const scenarioRow = (row, text) => {
    const link = el("a", { href: row.page, title: row.requirement || null }, text);
    return inner([link], [row], "inner", true);
  };

  function close(areaRow) {
    while (areaRow.nextElementSibling?.classList.contains("inner")) areaRow.nextElementSibling.remove();
  }

  function showOpen(areaRow, rows) {
    close(areaRow);
    const topics = new Map();
    for (const row of rows) topics.set(row.topic, [...(topics.get(row.topic) ?? []), row]);
    const made = [];
    for (const [topic, found] of topics) {
      const title = [el("span", {}, human(topic)), " ", el("span", { class: "count" }, `${found.length}`)];
      made.push(inner(title, found, "inner topic"));
      made.push(...found.map((row) => scenarioRow(row, human(row.name))));
    }
    areaRow.after(...made);
  }

  async function toggle(areaRow, button) {
    const number = Number(areaRow.dataset.area);
    const open = !opened.has(number);
    button.setAttribute("aria-expanded", open);
    if (!open) {
      opened.delete(number);
      close(areaRow);
      return;
    }
    opened.add(number);
    try {
      const rows = await sslspec.load(number);
      if (opened.has(number) && !query.value.trim()) showOpen(areaRow, rows);
    } catch (problem) {
      say(problem.message, true);
    }
  }

  function restore(row) {
    original.get(row).forEach((nodes, number) => {
      const cell = number ? row.querySelector(`[data-column="${number - 1}"]`) : row.cells[0];
      if (number) cell.replaceChildren(...nodes);
    });
    row.hidden = false;
    count(row, null);
  }

  /** How many of a row's scenarios fit; null where nothing is filtered. */
  function count(row, fitting) {
    const shown = row.querySelector(".count");
    shown.dataset.all ??= shown.textContent;
    shown.textContent = fitting === null ? shown.dataset.all : `${fitting} of ${shown.dataset.all}`;
  }

  function recount(row, rows) {
    for (const cell of row.cells) {
      if (cell.dataset.column === undefined) continue;
      const found = sslspec.tally(rows, Number(cell.dataset.column));
      cell.replaceChildren(el("span", { class: "cell" }, ...sslspec.cell(found)));
    }
  }

  // -- what is chosen -----------------------------------------------------------------------------------------------

  async function filter(text) {
    const mine = ++turn;
    if (!text.trim()) {
      [whole, ...areaRows].forEach(restore);
      areaRows.forEach(close);
      say("");
      for (const row of areaRows) {
        const number = Number(row.dataset.area);
        if (opened.has(number)) showOpen(row, await sslspec.load(number));
      }
      return;
    }
    try {
      const tests = sslspec.query.parse(text);
      say("Looking …");
      await sslspec.loadAll();
      if (mine !== turn) return;
      let [fitting, left] = [0, MOST];
      const every = [];
      for (const row of areaRows) {
        const found = sslspec.query.select(state.areas[Number(row.dataset.area)].rows, tests, visible());
        close(row);
        row.hidden = !found.length;
        recount(row, found);
        count(row, found.length);
        const part = found.slice(0, left);
        row.after(...part.map((one) => scenarioRow(one, human([one.topic, one.name].filter(Boolean).join(" / ")))));
        left -= part.length;
        fitting += found.length;
        every.push(...found);
      }
      recount(whole, every);
      count(whole, fitting);
      const more = fitting > MOST ? `; the first ${MOST} are listed` : "";
      say(`${fitting} ${fitting === 1 ? "scenario fits" : "scenarios fit"}${more}`);
    } catch (problem) {
      if (mine === turn) say(problem.message, true);
    }
  }

  function arrange(row) {
    const cells = new Map([...row.cells].map((cell) => [cell.dataset.column, cell]));
    let before = null;
    for (const number of order) {
      const cell = cells.get(String(number));
      if (!cell) continue;
      cell.hidden = !shown.has(number);
      const name = state.columns[number].implementation;
      cell.classList.toggle("first", shown.has(number) && before !== null && before !== name);
      if (shown.has(number)) before = name;
      row.append(cell);
    }
  }

  function arrangeAll() {
    const numbers = state.columns.map((_, number) => number);
    const total = (number) => numbersOf(whole.querySelector(`[data-column="${number}"]`));
    order = sortColumns.value === "issues" ? numbers.sort((a, b) => issues(total(a)) - issues(total(b)) || a - b) : numbers;
    for (const row of table.rows) arrange(row);
  }

  function sortRows() {
    const weight = (row) => {
      const found = state.columns.map((_, number) => numbersOf(row.querySelector(`[data-column="${number}"]`)));
      return found.reduce((sum, tally) => sum + issues(tally), 0);
    };
    const by = sortAreas.value === "issues" ? (a, b) => weight(b) - weight(a) : () => 0;
    for (const row of [...areaRows].sort((a, b) => by(a, b) || a.dataset.area - b.dataset.area)) {
      const mine = [row];
      while (mine[mine.length - 1].nextElementSibling?.classList.contains("inner")) {
        mine.push(mine[mine.length - 1].nextElementSibling);
      }
      body.append(...mine);
    }
  }

  function choose() {
    const hide = boxes.filter((box) => !box.checked).map((box) => state.columns[box.value].name);
    sslspec.writeAddress({
      q: query.value.trim(),
      hide: hide.length ? JSON.stringify(hide) : "",
      columns: sortColumns.value,
      areas: sortAreas.value,
    });
  }

  function hiddenNames(text) {
    try {
      const names = JSON.parse(text ?? "[]");
      return Array.isArray(names) ? names : [];
    } catch {
      return [];
    }
  }

  function apply() {
    const address = sslspec.readAddress();
    const text = address.get("q") ?? "";
    if (query.value.trim() !== text) query.value = text;
    const hide = new Set(hiddenNames(address.get("hide")));
    shown = new Set(state.columns.flatMap((column, number) => (hide.has(column.name) ? [] : [number])));
    if (!shown.size) shown = new Set(state.columns.keys());
    boxes.forEach((box) => { box.checked = shown.has(Number(box.value)); });
    sortColumns.value = address.get("columns") === "issues" ? "issues" : "";
    sortAreas.value = address.get("areas") === "issues" ? "issues" : "";
    [whole, ...areaRows].forEach(restore);
    arrangeAll();
    sortRows();
    filter(text);
  }

  // -- begin --------------------------------------------------------------------------------------------------------

  for (const row of areaRows) {
    const name = state.areas[Number(row.dataset.area)].name;
    const label = `Scenarios of ${name}`;
    const button = el("button", { type: "button", class: "opener", "aria-expanded": "false", "aria-label": label });
    button.addEventListener("click", () => toggle(row, button));
    row.cells[0].prepend(button);
  }
  for (const [number, column] of state.columns.entries()) {
    const box = el("input", { type: "checkbox", value: number });
    box.addEventListener("change", choose);
    boxes.push(box);
    document.getElementById("columns").append(el("label", {}, box, column.name));
  }
  let timer = 0;
  query.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(choose, 200);
  });
  sortColumns.addEventListener("change", choose);
  sortAreas.addEventListener("change", choose);
  addEventListener("hashchange", apply);
  document.getElementById("tools").hidden = false;
  apply();
})();
