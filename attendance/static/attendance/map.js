// Draws a site's circle and the punches around it as SVG, in metres around the site. Text is set as text, never as markup.
"use strict";
(() => {
  const box = document.getElementById("ps-map");
  const source = document.getElementById("ps-map-data");
  if (!box || !source) return;
  const site = JSON.parse(source.textContent);
  const space = "http://www.w3.org/2000/svg";
  const metresPerDegree = 111320;

  const place = (lat, lng) => ({
    x: (lng - site.lng) * metresPerDegree * Math.cos((site.lat * Math.PI) / 180),
    y: (site.lat - lat) * metresPerDegree,
  });
  const element = (name, attributes, text) => {
    const made = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const points = site.punches.map((punch) => ({ ...punch, ...place(punch.lat, punch.lng) }));
  // Far strays would shrink everything else to a dot: show nine tenths of the punches, the rest at the rim.
  const distances = points.map((point) => Math.hypot(point.x, point.y)).sort((a, b) => a - b);
  const ninth = distances[Math.floor(distances.length * 0.9)] || 0;
  const reach = Math.max(site.radius * 1.3, ninth * 1.1, 50);
  const drawing = element("svg", { viewBox: `${-reach} ${-reach} ${2 * reach} ${2 * reach}`, role: "img" });
  drawing.append(element("title", {}, `Punches around ${site.name}`));
  const step = 10 ** Math.floor(Math.log10(reach));
  for (let at = -Math.floor(reach / step) * step; at <= reach; at += step) {
    drawing.append(element("line", { x1: at, x2: at, y1: -reach, y2: reach, class: "ps-grid" }));
    drawing.append(element("line", { y1: at, y2: at, x1: -reach, x2: reach, class: "ps-grid" }));
  }
  drawing.append(element("circle", { cx: 0, cy: 0, r: site.radius, class: "ps-circle" }));
  for (const point of points) {
    const far = Math.hypot(point.x, point.y);
    const pull = far > reach * 0.98 ? (reach * 0.98) / far : 1;
    const dot = element("circle", { cx: point.x * pull, cy: point.y * pull, r: reach / 90, class: `ps-point ps-${point.verdict}` });
    dot.append(element("title", {}, point.text));
    drawing.append(dot);
  }
  drawing.append(element("text", { x: -reach * 0.97, y: reach * 0.96, "font-size": reach / 22, class: "ps-scale" }, `one square is ${step} m`));
  box.append(drawing);
})();
