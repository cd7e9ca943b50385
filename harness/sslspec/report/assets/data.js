// What the site knows of its results, for the other scripts: columns and areas at once, the scenarios of an area when
// they are asked for. A page opened from a file cannot fetch, so that data are scripts that call `index` and `area`.
// Names come from result files: they are values, never keys, and get into the page as text only.
"use strict";

const sslspec = (() => {
  const NOTHING_TRIED = new Set(["i", "u", "n", "-"]);
  const SVG = "http://www.w3.org/2000/svg";
  // `verdicts`: [word, sign] by letter, the worst first; `kinds`: the words for each kind of change, in their order.
  const state = { columns: [], areas: [], reference: -1, verdicts: new Map(), kinds: [] };

  function index(columns, areas, reference, verdicts, kinds) {
    state.columns = columns;
    state.areas = areas.map((area) => ({ ...area, rows: null, loading: null }));
    state.reference = reference;
    state.verdicts = new Map(verdicts.map(([letter, ...told]) => [letter, told]));
    state.kinds = kinds;
  }

  function area(name, rows) {
    const found = state.areas.find((one) => one.name === name);
    found.rows = rows.map(([id, page, requirement, level, clauses, known, executions, codes]) => {
      const parts = id.split("/");
      const text = [id, requirement, ...clauses, ...known].join("\n").toLowerCase();
      const [topic, last] = [parts.slice(1, -1).join("/"), parts[parts.length - 1]];
      return { id, area: name, topic, name: last, page, requirement, level, clauses, known, executions, codes, text };
    });
  }

  /** The scenarios of an area, by its number: a promise. */
  function load(number) {
    const wanted = state.areas[number];
    wanted.loading ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = wanted.data;
      script.addEventListener("load", () => resolve(wanted.rows));
      script.addEventListener("error", () => reject(new Error(`${wanted.data} is missing`)));
      document.head.append(script);
    });
    return wanted.loading;
  }

  const loadAll = () => Promise.all(state.areas.map((_, number) => load(number)));

  /** What a column says of each execution of a scenario: [letter of the verdict, was expected, behaviour]. */
  function* results(row, column) {
    const code = row.codes[column] ?? "";
    for (let at = 0; at < code.length; at += 2) {
      const letter = code[at].toLowerCase();
      yield [letter, letter === code[at], code[at + 1]];
    }
  }

  const tried = (letter) => !NOTHING_TRIED.has(letter);

  /** How many executions of a scenario behave otherwise in one column than in another. */
  function different(row, column, other) {
    if (other < 0 || column === other) return 0;
    const theirs = [...results(row, other)];
    let count = 0;
    let at = 0;
    for (const [letter, , behaviour] of results(row, column)) {
      const [against, , reference] = theirs[at++] ?? ["-"];
      if (tried(letter) && tried(against) && behaviour !== reference) count++;
    }
    return count;
  }

  /** The counts of some scenarios in one column. */
  function tally(rows, column) {
    const found = { passed: 0, applicable: 0, failing: 0, unexpected: 0, differ: 0, total: 0, letters: new Map() };
    for (const row of rows) {
      for (const [letter, expected] of results(row, column)) {
        if (letter === "-") continue;
        found.total++;
        found.letters.set(letter, (found.letters.get(letter) ?? 0) + 1);
        if (letter !== "i") found.applicable++;
        if (letter === "p") found.passed++;
        if (!expected) found.unexpected++;
        if (!expected && letter !== "p") found.failing++;
      }
      if (different(row, column, state.reference)) found.differ++;
    }
    return found;
  }

  /** An element with attributes and children; strings are text. */
  function el(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) {
      if (value !== null && value !== undefined) made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined));
    return made;
  }

  /** An id that may go on in the next line behind a stroke or an underscore. */
  const breakable = (text) => text.split(/(?<=[/_])/).flatMap((part) => [document.createElement("wbr"), part]).slice(1);

  const hidden = (text) => el("span", { class: "vh" }, text);

  function flags(found, single = false) {
    const made = el("span", { class: "flags" });
    if (found.unexpected) made.append(el("span", { class: "flag bad" }, `✗${found.unexpected}`, hidden(" unexpected")));
    if (found.differ) {
      const said = single ? " behaves differently" : " behave differently";
      made.append(el("span", { class: "flag differ" }, single ? "≠" : `≠${found.differ}`, hidden(said)));
    }
    return made.childNodes.length ? made : null;
  }

  function bar(found) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", "bar");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("viewBox", "0 0 100 8");
    svg.setAttribute("preserveAspectRatio", "none");
    const parts = [
      ["pass", found.passed],
      ["known", found.applicable - found.passed - found.failing],
      ["bad", found.failing],
    ].filter(([, count]) => count > 0);
    const widths = parts.map(([, count]) => Math.max(2, (count * 100) / found.applicable));
    const whole = widths.reduce((sum, width) => sum + width, 0);
    let x = 0;
    parts.forEach(([kind], number) => {
      const width = (widths[number] * 100) / whole;
      const rect = document.createElementNS(SVG, "rect");
      for (const [key, value] of [["class", kind], ["x", x], ["width", width], ["height", 8]]) rect.setAttribute(key, value);
      svg.append(rect);
      x += width;
    });
    return svg;
  }

  const empty = (shown, said) => el("span", { class: "nothing" }, el("span", { "aria-hidden": "true" }, shown), hidden(said));

  /** What a cell about many scenarios holds. */
  function cell(found) {
    if (!found.total) return [empty("-", "no results")];
    if (!found.applicable) return [empty("n/a", "nothing applies")];
    const whole = found.passed === found.applicable ? "n whole" : "n";
    const numbers = el("span", { class: whole }, `${found.passed}/${found.applicable}`, hidden(" passed"));
    return [el("span", { class: "line" }, numbers, " ", flags(found)), bar(found)];
  }

  /** What a cell about one scenario holds. */
  function verdict(found) {
    if (!found.total) return [empty("-", "no results")];
    const worst = [...state.verdicts.keys()].find((letter) => found.letters.get(letter));
    const [word, glyph] = state.verdicts.get(worst);
    const count = found.letters.get(worst);
    const numbers = count === found.total ? `${count}` : `${count}/${found.total}`;
    const sign = el("span", { class: "glyph", "aria-hidden": "true" }, glyph);
    const said = el("span", { class: `verdict n v-${word}${found.unexpected ? " unexpected" : ""}` }, sign, ` ${numbers}`, hidden(` ${word}`));
    return [el("span", { class: "line" }, said, " ", flags(found, true))];
  }

  /** What stands behind the # of the address: the value of each name. */
  function readAddress() {
    return new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));
  }

  /** Put values behind the #, without those that are empty, and without a step in the history. */
  function writeAddress(values) {
    const said = Object.entries(values).filter(([, value]) => value);
    const text = said.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    location.replace(`#${text}`);
  }

  return {
    state, index, area, load, loadAll, results, different, tally, tried, el, hidden, breakable, cell, verdict, readAddress,
    writeAddress,
  };
})();
