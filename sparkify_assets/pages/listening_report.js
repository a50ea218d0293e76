(() => {
  const specifications = JSON.parse(document.getElementById("charts").textContent);
  const containers = [...document.querySelectorAll("[data-chart]")];
  const views = new Map();

  // Panels are side by side where there is room, else one below the other.
  const panels = (specification, width) => {
    const column = specification.facet.column;
    const narrow = width < 520;
    const count = new Set(specification.datasets[specification.data.name].map((row) => row[column.field])).size || 1;
    const header = { ...column.header, orient: "top", labelAnchor: "start" };
    const panel = narrow ? width - 80 : (width - 80 - 20 * (count - 1)) / count;
    return {
      ...specification,
      facet: narrow ? { row: { ...column, header } } : specification.facet,
      spec: { ...specification.spec, width: Math.floor(panel) },
    };
  };

  const fitted = (specification, width) => {
    const config = specification.config;
    const labelLimit = Math.min(config.axisY.labelLimit, Math.floor(width * 0.45));
    const themed = { ...specification, config: { ...config, axisY: { ...config.axisY, labelLimit } } };
    if (themed.facet) return panels(themed, width);
    return { ...themed, width, autosize: { type: "fit-x", contains: "padding" } };
  };

  const draw = async (container) => {
    const width = Math.floor(container.clientWidth);
    if (!width || views.get(container)?.width === width) return;
    const before = views.get(container)?.drawn;
    // The interpreter (ast) needs no eval, which the policy of this page forbids.
    const drawn = vegaEmbed(container, fitted(specifications[container.dataset.chart], width), {
      actions: false, ast: true, renderer: "svg",
    });
    views.set(container, { width, drawn });
    (await before)?.finalize();
    await drawn;
  };

  let waiting = 0;
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(() => containers.forEach(draw));
  });
  containers.forEach((container) => observer.observe(container));

  // Only what is shown has a width, and is drawn.
  const month = document.getElementById("month");
  const choose = () => {
    for (const part of document.querySelectorAll("[data-month]")) part.hidden = part.dataset.month !== month.value;
    for (const note of document.querySelectorAll(".of-all")) note.hidden = !month.value;
  };
  if (month) {
    month.parentElement.hidden = false;
    month.addEventListener("change", choose);
  }

  const search = document.getElementById("search");
  const found = document.querySelector("output[for=search]");
  const entries = [...document.querySelectorAll("details.entry")].map((entry) => ({
    entry,
    title: entry.querySelector("summary").textContent.toLowerCase(),
    columns: [...entry.querySelectorAll("tbody tr")].map((row) => ({
      row,
      text: `${entry.id}.${row.textContent.toLowerCase()}`,
    })),
  }));
  search.parentElement.hidden = false;
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const has = (text) => words.every((word) => text.includes(word));
    let count = 0;
    for (const { entry, title, columns } of entries) {
      const hits = columns.filter(({ text }) => has(text));
      const whole = has(title);
      for (const { row, text } of columns) row.hidden = !whole && !has(text);
      entry.hidden = !whole && !hits.length;
      entry.open = words.length > 0 && hits.length > 0;
      count += whole ? columns.length : hits.length;
    }
    for (const group of document.querySelectorAll("section.group"))
      group.hidden = [...group.querySelectorAll("details.entry")].every((entry) => entry.hidden);
    found.textContent = words.length ? `${count} columns` : "";
  });

  // A link to a column which the search has hidden, or whose table is closed, shows it.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const entry = target?.closest("details.entry");
    if (!entry) return;
    if (search.value) {
      search.value = "";
      search.dispatchEvent(new Event("input"));
    }
    entry.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
})();
