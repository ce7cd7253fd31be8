// SPDX-License-Identifier: Apache-2.0
// Follows the events of dsn-web, and shows what is not well first (docs/web.md).
"use strict";

const ROWS_MAX = 100; // of "Not well"
const OPEN_NODES_MAX = 12; // with more nodes their readings are folded
const POINTS_MAX = 60;

const nodes = new Map(); // by id: {node, at}
const readings = new Map(); // by id and key: {reading, unit, trend: [[minute, number]...], at}
let agent = {connected: false, problem: "", since_ms: 0, at: Date.now()};
let lost = false; // the connection to dsn-web

const find = (selector, of = document) => of.querySelector(selector);
const nameOf = (id, key) => id + "\n" + key;
const ageOf = (ms, at) => ms + (Date.now() - at);
const isWell = reading => reading.status === "ok" || reading.status === "on demand";

// ---- Texts --------------------------------------------------------------------------------------

const whole = new Intl.NumberFormat(undefined, {maximumFractionDigits: 0});
const digits = new Intl.NumberFormat(undefined, {maximumFractionDigits: 3});
const fine = new Intl.NumberFormat(undefined, {maximumSignificantDigits: 4});
const BYTES = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

function ageText(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return seconds + " s";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min";
  if (seconds < 48 * 3600) return Math.floor(seconds / 3600) + " h";
  return Math.floor(seconds / 86400) + " d";
}

function spanText(seconds) {
  const parts = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
  const at = parts.findIndex(([size]) => Math.abs(seconds) >= size);
  return parts.slice(at, at + 2).map(([size, unit], i) =>
    Math.floor(i ? seconds % parts[at][0] / size : seconds / size) + " " + unit).join(" ");
}

function numberText(number, unit) {
  if (unit === "s" && number >= 120) return spanText(number);
  if (unit === "B") {
    let power = 0;
    while (Math.abs(number) >= 1024 && power + 1 < BYTES.length) { number /= 1024; ++power; }
    return digits.format(Math.round(number * 10) / 10) + " " + BYTES[power];
  }
  const format = number !== 0 && Math.abs(number) < 1 ? fine : digits;
  return format.format(number) + (unit ? " " + unit : "");
}

function valueText(held) {
  const {value} = held.reading;
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return numberText(value, held.unit);
  if (typeof value === "string") return value;
  return JSON.stringify(value);
}

function statusText(held) {
  const {reading} = held;
  switch (reading.status) {
    case "error": return "error: " + (reading.error || "unknown");
    case "late": return reading.max_age_ms ? "late (max " + ageText(reading.max_age_ms) + ")" : "late";
    default: return reading.status;
  }
}

const classOf = reading => reading.status === "ok" ? "ok" : isWell(reading) ? "faint" :
  reading.status === "late" || reading.status === "stale" || reading.status === "node late" ? "warn" : "bad";

function stateClass(state) {
  if (state === "live" || state === "self") return "ok";
  return state === "gone" ? "bad" : state === "late" || state === "restarting" ? "warn" : "faint";
}

function stateText(held) {
  const {node} = held;
  const name = node.state === "self" ? "this node" : node.state;
  return node.state === "live" || node.state === "self" ? name :
    name + " for " + ageText(ageOf(node.since_ms || 0, held.at)) + (node.reason ? ": " + node.reason : "");
}

// ---- Elements -----------------------------------------------------------------------------------

// Texts of others are set as text, and never as markup.
function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function setText(of, text) { if (of.textContent !== text) of.textContent = text; }
function setClass(of, className) { if (of.className !== className) of.className = className; }

function trendPath(trend) {
  const numbers = trend.map(point => point[1]);
  const low = Math.min(...numbers), span = Math.max(...numbers) - low || 1;
  const first = trend[0][0], width = trend[trend.length - 1][0] - first || 1;
  return "M" + trend.map(([minute, number]) =>
    ((minute - first) / width * 98 + 1).toFixed(1) + " " + (19 - (number - low) / span * 18).toFixed(1)).join("L");
}

function drawTrend(cell, trend) {
  if (!trend || trend.length < 2) return cell.replaceChildren();
  let svg = find("svg", cell);
  if (!svg) {
    svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "trend");
    svg.setAttribute("viewBox", "0 0 100 20");
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    svg.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    cell.replaceChildren(svg);
  }
  const path = trendPath(trend);
  if (svg.firstChild.getAttribute("d") !== path) svg.firstChild.setAttribute("d", path);
}

// Makes the rows of a table those of the names, in their order, and keeps those that are there.
function showRows(body, names, make, update) {
  const rows = new Map(Array.from(body.children, row => [row.dataset.name, row]));
  let at = body.firstElementChild;
  for (const name of names) {
    let row = rows.get(name);
    rows.delete(name);
    if (!row) {
      row = make(name);
      row.dataset.name = name;
    }
    if (row === at) at = at.nextElementSibling; else body.insertBefore(row, at);
    update(row, name);
  }
  for (const row of rows.values()) row.remove();
}

function readingRow(withNode, withTrend) {
  return name => {
    const row = element("tr");
    if (withNode) {
      const link = element("a");
      link.href = "#" + encodeURIComponent(name.split("\n")[0]);
      const cell = element("td");
      cell.append(link);
      row.append(cell);
    }
    const key = element(withNode ? "td" : "th", "", "key");
    // A long key may go on in the next line behind each `/`.
    const parts = name.slice(name.indexOf("\n") + 1).split("/");
    parts.forEach((part, i) => i ? key.append("/", element("wbr"), part) : key.append(part));
    if (!withNode) key.scope = "row";
    row.append(key, element("td", "", "number"),
      element("td", "", "number faint"), element("td"));
    if (withTrend) row.append(element("td"));
    return row;
  };
}

function updateReading(withNode, withTrend) {
  const shift = withNode ? 1 : 0;
  return (row, name) => {
    const held = readings.get(name);
    const cells = row.children;
    const shown = isWell(held.reading) ? valueText(held) : "(" + valueText(held) + ")";
    if (withNode) setText(cells[0].firstChild, held.reading.node);
    if (cells[1 + shift].textContent && cells[1 + shift].textContent !== shown) {
      row.classList.remove("changed");
      requestAnimationFrame(() => row.classList.add("changed"));
    }
    setText(cells[1 + shift], shown);
    setClass(cells[1 + shift], typeof held.reading.value === "number" ? "number" : "number text");
    setText(cells[2 + shift], ageText(ageOf(held.reading.age_ms, held.at)));
    setText(cells[3 + shift], statusText(held));
    setClass(cells[3 + shift], classOf(held.reading));
    if (withTrend) drawTrend(cells[4 + shift], held.trend);
  };
}

// ---- What is shown ------------------------------------------------------------------------------

const byName = (a, b) => a < b ? -1 : a > b ? 1 : 0;

function isWanted(held, search) {
  return !search || held.reading.node.toLowerCase().includes(search) ||
    held.reading.key.toLowerCase().includes(search);
}

function namesByNode(search) {
  const of = new Map(Array.from(nodes.keys(), id => [id, []]));
  for (const [name, held] of readings) {
    const id = held.reading.node_id;
    if (isWanted(held, search) && of.has(id)) of.get(id).push(name);
  }
  for (const names of of.values()) names.sort(byName);
  return of;
}

function showBad(search) {
  const bad = Array.from(readings).filter(([, held]) => !isWell(held.reading) && isWanted(held, search))
    .sort(([, a], [, b]) => byName(a.reading.node, b.reading.node) || byName(a.reading.key, b.reading.key));
  const section = find("#bad");
  section.hidden = bad.length === 0;
  showRows(find("tbody", section), bad.slice(0, ROWS_MAX).map(([name]) => name),
    readingRow(true, false), updateReading(true, false));
  setText(find(".more", section), bad.length > ROWS_MAX ? `${bad.length - ROWS_MAX} more` : "");
}

function makeNode(id) {
  const details = element("details");
  const summary = element("summary");
  const link = element("a");
  link.href = "#" + encodeURIComponent(id);
  const strong = element("strong");
  strong.append(link);
  summary.append(strong, element("span"), element("span", "", "faint"));
  const table = element("table");
  table.append(element("tbody"));
  details.append(summary, table);
  details.open = nodes.size <= OPEN_NODES_MAX;
  details.addEventListener("toggle", () => show());
  return details;
}

function showNodes(search) {
  const of = namesByNode(search);
  const order = Array.from(nodes).filter(([id, held]) => !search || of.get(id).length > 0 ||
      held.node.node.toLowerCase().includes(search))
    .sort(([, a], [, b]) => byName(a.node.node, b.node.node)).map(([id]) => id);
  showRows(find("#nodes"), order, makeNode, (details, id) => {
    const held = nodes.get(id);
    const names = of.get(id);
    const summary = details.firstChild.children;
    const bad = names.filter(name => !isWell(readings.get(name).reading)).length;
    setText(summary[0].firstChild, held.node.node);
    setText(summary[1], stateText(held));
    setClass(summary[1], stateClass(held.node.state));
    setText(summary[2], `${names.length} key${names.length === 1 ? "" : "s"}` + (bad ? `, ${bad} not well` : ""));
    if (search) details.open = true;
    if (details.open) {
      showRows(find("tbody", details), names, readingRow(false, true), updateReading(false, true));
    }
  });
}

function factsOf(held) {
  const {node} = held;
  return [
    ["State", stateText(held)],
    ["Last heard", node.state === "self" ? "" : ageText(ageOf(node.heard_ms, held.at)) + " ago"],
    ["Address", node.address], ["Found by", node.via],
    ["Round trip", typeof node.round_trip_us === "number" ? digits.format(node.round_trip_us / 1000) + " ms" : ""],
    ["Loss", typeof node.loss === "number" ? digits.format(node.loss * 100) + " %" : ""],
    ["Version", node.program_version], ["Starts", String(node.incarnation)],
    ["Up", typeof node.uptime_ms === "number" ? ageText(ageOf(node.uptime_ms, held.at)) : ""],
    ["Id", node.node_id],
  ].filter(([, text]) => text);
}

// ---- Charts -------------------------------------------------------------------------------------

// The last hour comes with the readings, the others from dsn-record, where it runs beside dsn-web.
const SPANS = [["Hour", ""], ["Day", "24h"], ["Week", "7d"], ["Month", "30d"], ["Year", "365d"]];
const COURSE_POINTS_MAX = 2000;
let span = "";
const recorded = new Map(); // by node id: {keys that have a history, at}
const courses = new Map(); // by name of the reading: {span, rows, at}
const charts = new Map(); // by name of the reading

async function askHistory(parameters) {
  try {
    const answer = await fetch("api/v1/history?" + new URLSearchParams(parameters));
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

async function askForKeys(id) {
  const known = recorded.get(id);
  if (known && Date.now() - known.at < 300000) return;
  const asked = {keys: known ? known.keys : new Set(), at: Date.now()};
  recorded.set(id, asked);
  const list = await askHistory({node: id});
  if (list) asked.keys = new Set(list.map(series => series.key));
  showSoon();
}

async function askForCourse(name) {
  const known = courses.get(name);
  const isSame = known && known.span === span;
  if (isSame && Date.now() - known.at < 60000) return;
  const asked = {span, rows: isSame ? known.rows : [], at: Date.now()};
  courses.set(name, asked);
  const [node, key] = name.split("\n");
  const answer = await askHistory({node, key, since: span, most: COURSE_POINTS_MAX});
  if (answer) {
    asked.rows = answer.points.map(({time, value, mean = value, low = mean, high = mean}) =>
      [new Date(time), [low, mean, high]]);
  }
  showSoon();
}

// Each row is a time with lowest, mean and highest.
function rowsOf(name) {
  if (span) return (courses.get(name) || {rows: []}).rows;
  return (readings.get(name).trend || []).map(([minute, number]) =>
    [new Date(minute * 60000), [number, number, number]]);
}

function makeChart(name, rows) {
  const {reading, unit} = readings.get(name);
  const chart = {box: element("div"), mark: ""};
  const area = element("div", "", "chart");
  area.setAttribute("role", "img");
  area.setAttribute("aria-label", "Chart of " + reading.key);
  chart.box.append(element("h3", reading.key + (unit ? " in " + unit : "")), area);
  find("#charts").append(chart.box);
  const format = number => digits.format(number);
  chart.graph = new Dygraph(area, rows, {labels: ["Time", reading.key], customBars: true,
    axes: {y: {axisLabelFormatter: format, valueFormatter: format}}});
  return chart;
}

function showCharts(names) {
  const wanted = names.filter(name => rowsOf(name).length > 1);
  for (const [name, chart] of charts) {
    if (wanted.includes(name)) continue;
    chart.graph.destroy();
    chart.box.remove();
    charts.delete(name);
  }
  for (const name of wanted) {
    const rows = rowsOf(name);
    const mark = [span, rows.length, rows[rows.length - 1]].join();
    if (!charts.has(name)) charts.set(name, makeChart(name, rows));
    const chart = charts.get(name);
    if (chart.mark && chart.mark !== mark) chart.graph.updateOptions({file: rows});
    chart.mark = mark;
  }
}

function showSpans(keys) {
  const box = find("#spans");
  box.hidden = keys.size === 0;
  if (keys.size === 0) span = "";
  for (const button of box.children) {
    button.setAttribute("aria-pressed", String(button.dataset.span === span));
  }
}

function makeSpans() {
  for (const [name, of] of SPANS) {
    const button = element("button", name);
    button.type = "button";
    button.dataset.span = of;
    button.addEventListener("click", () => { span = of; show(); });
    find("#spans").append(button);
  }
}

// ---- A node -------------------------------------------------------------------------------------

function showNode(id) {
  const held = nodes.get(id);
  const section = find("#node");
  if (!held) return;
  setText(find("h2", section), held.node.node);
  const facts = factsOf(held);
  const list = find("dl", section);
  if (list.children.length !== facts.length * 2) {
    list.replaceChildren(...facts.flatMap(() => [element("dt"), element("dd")]));
  }
  facts.forEach(([name, text], i) => {
    setText(list.children[2 * i], name);
    setText(list.children[2 * i + 1], text);
  });
  const names = Array.from(readings.keys()).filter(name => name.startsWith(id + "\n")).sort(byName);
  showRows(find("tbody", section), names, readingRow(false, true), updateReading(false, true));
  askForKeys(id);
  const {keys} = recorded.get(id);
  showSpans(keys);
  if (span) names.filter(name => keys.has(readings.get(name).reading.key)).forEach(askForCourse);
  showCharts(names);
}

function summaryText() {
  const states = Array.from(nodes.values(), held => held.node.state);
  const live = states.filter(state => state === "live" || state === "self").length;
  const bad = Array.from(readings.values()).filter(held => !isWell(held.reading)).length;
  return `${whole.format(live)} of ${whole.format(nodes.size)} nodes live, ` +
    `${whole.format(readings.size)} readings, ${bad === 0 ? "all well" : whole.format(bad) + " not well"}`;
}

function showProblem() {
  const problem = find("#problem");
  const text = lost ? "Not live: dsn-web does not answer. What is shown is what it told last."
    : agent.connected ? "" : agent.problem === "" ? ""
      : `Not live for ${ageText(ageOf(agent.since_ms, agent.at))}: ${agent.problem}`;
  problem.hidden = text === "";
  setText(problem, text);
}

function show() {
  const id = decodeURIComponent(location.hash.slice(1));
  const isOne = id !== "" && nodes.has(id);
  const search = find("#search").value.trim().toLowerCase();
  showProblem();
  if (nodes.size > 0) setText(find("#summary"), summaryText());
  document.title = (find("#problem").hidden ? "" : "! ") + (isOne ? nodes.get(id).node.node : "DSN");
  find("#node").hidden = !isOne;
  find("#nodes").hidden = isOne;
  if (isOne) {
    find("#bad").hidden = true;
    return showNode(id);
  }
  showCharts([]);
  showBad(search);
  showNodes(search);
}

// ---- Events -------------------------------------------------------------------------------------

let due = false;
function showSoon() {
  if (due) return;
  due = true;
  setTimeout(() => { due = false; show(); }, 200);
}

function addToTrend(trend, reading, at) {
  if (typeof reading.value !== "number" || reading.status === "error") return trend;
  const minute = Math.floor((at - reading.age_ms) / 60000);
  const last = trend[trend.length - 1];
  if (last && last[0] >= minute) last[1] = reading.value; else trend.push([minute, reading.value]);
  return trend.slice(-POINTS_MAX);
}

function takeReading({reading, unit_text, trend}) {
  const at = Date.now();
  const name = nameOf(reading.node_id, reading.key);
  const told = trend && trend.map(([ago, number]) => [Math.floor(at / 60000) - ago, number]);
  const before = told || (readings.get(name) || {}).trend || [];
  readings.set(name, {reading, unit: unit_text, trend: addToTrend(before, reading, at), at});
}

function takeGone({node_id, key}) {
  if (key !== undefined) return readings.delete(nameOf(node_id, key));
  nodes.delete(node_id);
  for (const name of Array.from(readings.keys())) {
    if (name.startsWith(node_id + "\n")) readings.delete(name);
  }
}

function listen() {
  const events = new EventSource("api/v1/events");
  const on = (name, take) => events.addEventListener(name, event => take(JSON.parse(event.data)));
  events.onopen = () => { lost = false; showSoon(); };
  events.onerror = () => { lost = true; showSoon(); };
  on("whole", () => { nodes.clear(); readings.clear(); });
  on("agent", told => { agent = {...told, at: Date.now()}; });
  on("node", node => nodes.set(node.node_id, {node, at: Date.now()}));
  on("reading", takeReading);
  on("gone", takeGone);
  on("ready", showSoon);
}

addEventListener("hashchange", show);
find("#search").addEventListener("input", show);
makeSpans();
setInterval(show, 1000); // ages go on
listen();
