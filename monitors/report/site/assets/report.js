"use strict";

const root = document.body.dataset.root;
const colour = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* The chart: the page holds its traces as JSON; a point leads to its statement. */
const data = document.getElementById("chart-data");
if (data && window.Plotly) {
  const chart = document.getElementById("chart");
  const log = document.getElementById("log");
  const traces = JSON.parse(data.textContent);
  /* The library takes some markup in names and tooltips: what pages of strangers say is made none, and broken into lines. */
  const safe = text => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const lines = text => text.match(/\S.{0,62}\S(?=\s|$)|\S{1,64}/g) || [];
  for (const trace of traces) {
    if (trace.name) trace.name = safe(trace.name);
    if (!trace.customdata || !trace.customdata.length) continue;
    trace.text = trace.customdata.map(([, ...about]) => about.flatMap(lines).map(safe).join("<br>"));
    trace.hovertemplate = "%{text}<extra></extra>";
  }
  const named = traces.filter(trace => trace.showlegend !== false).length;
  const height = () => chart.clientWidth < 600 ? 300 + 22 * named : 440;  /* on a phone each name has a line of its own */
  const axis = () => ({ gridcolor: colour("--line"), linecolor: colour("--line"), zeroline: false, automargin: true });
  const layout = () => ({
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { color: colour("--ink"), family: "system-ui, sans-serif", size: 13 },
    margin: { l: 8, r: 8, t: 8, b: 8 }, hovermode: "closest", dragmode: "zoom",
    xaxis: { ...axis(), type: "date" },
    yaxis: { ...axis(), separatethousands: true, tickformat: ",d", type: log.getAttribute("aria-pressed") === "true" ? "log" : "linear", rangemode: "tozero" },
    hoverlabel: { bgcolor: colour("--raised"), bordercolor: colour("--line"), font: { color: colour("--ink"), size: 13 }, align: "left", namelength: -1 },
    legend: { orientation: "h", y: -0.12, yanchor: "top", bgcolor: "rgba(0,0,0,0)" },
    showlegend: traces.length > 1, height: height(),
  });
  const draw = () => window.Plotly.react(chart, traces, layout(), {
    displaylogo: false, responsive: true, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"], toImageButtonOptions: { filename: "tallywatch" },
  });
  draw().then(() => chart.on("plotly_click", click => {
    const place = click.points[0].customdata && click.points[0].customdata[0];
    if (place) location.href = root + place;
  }));
  log.hidden = false;
  log.addEventListener("click", () => {
    log.setAttribute("aria-pressed", String(log.getAttribute("aria-pressed") !== "true"));
    draw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

/* A deep link opens what it leads to; a statement that is on a later page by now, the chart knows where to find. */
const open = () => {
  if (location.hash.length < 2) return;
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target && data) {
    const places = JSON.parse(data.textContent).flatMap(trace => (trace.customdata || []).map(([place]) => place));
    const place = places.find(known => known.endsWith(location.hash));
    if (place) location.replace(root + place);
  }
  if (!target) return;
  for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
  const own = target.querySelector("details");
  if (own) own.open = true;
  target.scrollIntoView();
};
addEventListener("hashchange", open);
open();

/* Filters: of the statements of this page those that match. They stand in the address, so that what is shown can be sent. */
const filters = document.querySelector("form.filters");
if (filters) {
  const statements = [...document.querySelectorAll(".statement")];
  const asked = new URLSearchParams(location.search);
  for (const name of ["claimant", "state", "words"]) if (asked.has(name)) filters.elements[name].value = asked.get(name);
  const filter = () => {
    const { claimant, state, words } = Object.fromEntries(new FormData(filters));
    const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const one of statements) {
      const text = wanted.length ? one.textContent.toLowerCase() : "";
      one.hidden = Boolean((claimant && one.dataset.claimant !== claimant) || (state && one.dataset.state !== state) || !wanted.every(word => text.includes(word)));
      if (!one.hidden) shown += 1;
    }
    filters.querySelector("output").value = `${shown} of ${statements.length} shown`;
    const kept = new URLSearchParams([...new FormData(filters)].filter(([, value]) => value)).toString();
    history.replaceState(null, "", (kept ? `?${kept}` : location.pathname) + location.hash);
  };
  filters.hidden = false;
  filters.addEventListener("input", filter);
  filters.addEventListener("submit", event => event.preventDefault());
  if (location.search) filter();
}

/* The search: a written report holds the list of quantities, which is loaded when somebody looks for one; a served one is asked. */
const search = document.querySelector("form.search");
if (search) {
  const live = document.body.dataset.live, field = search.querySelector("input"), hits = search.querySelector(".hits");
  const wanted = () => field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const show = found => {
    hits.replaceChildren();
    if (!wanted().length) return;
    for (const [title, page, value, who] of found) {
      const link = document.createElement("a");
      link.href = root + page;
      link.textContent = `${title}: ${value} (${who})`;
      hits.appendChild(document.createElement("li")).appendChild(link);
    }
    if (!found.length) hits.appendChild(document.createElement("li")).appendChild(document.createElement("span")).textContent = "Nothing matches.";
  };
  const loadCatalogue = () => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = `${root}assets/catalogue.js`;
    script.addEventListener("load", () => resolve(window.catalogue));
    script.addEventListener("error", reject);
    document.head.appendChild(script);
  });
  let catalogue;
  const find = async () => {
    if (live) return (await fetch(`${root}search?q=${encodeURIComponent(field.value)}`)).json();
    catalogue ??= loadCatalogue();
    const fits = ([title, , , who]) => wanted().every(word => `${title} ${who}`.toLowerCase().includes(word));
    return (await catalogue).filter(fits).slice(0, 20);
  };
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const found = wanted().length ? await find() : [];
    if (mine === asked) show(found);
  };
  search.hidden = false;
  field.addEventListener("input", look);
  search.addEventListener("submit", async event => {
    event.preventDefault();
    await look();
    const first = hits.querySelector("a");
    if (first) location.href = first.href;
  });
}
