"use strict";
(() => {
  const { abs, ceil, exp, expm1, log, log1p, max, min, sqrt } = Math;
  const sum = (a, f = (x) => x) => a.reduce((s, x, i) => s + f(x, i), 0);

  // The steps of synthesis.pooling; a test compares the results.
  const root = (f, a, b) => {
    for (let c; (c = (a + b) / 2), c > a && c < b; ) {
      if (f(c) > 0) a = c;
      else b = c;
    }
    return b;
  };
  const pool = (yi, v, rule) => {
    const k = yi.length, df = k - 1, y = yi.map((x) => x - yi[0]), low = min(...v);
    const at = (t) => {
      const w = v.map((x) => 1 / (x + t)), s = sum(w), m = sum(w, (x, i) => x * y[i]) / s, e = w.map((x, i) => x * (y[i] - m));
      return { w, s, m, q: sum(e, (x, i) => x * (y[i] - m)), c: sum(w, (x) => x * x) / s, p: sum(e, (x) => x * x) };
    };
    const o = at(0), mean = sum(y) / k, rss = sum(y, (x) => (x - mean) ** 2);
    const crossing = (q) => (o.q > q ? root((t) => at(t).q - q, 0, rss / q) : 0);
    const likely = (c) => {
      const m = rss / (k - c), half = m / 2 - low, d = half ** 2 - low ** 2 + m * max(...v);
      const bound = d > 0 ? half + sqrt(d) : 0;
      if (bound <= 0) return 0;
      const score = (t) => (({ p, s, c: h }) => p - s + c * h)(at(t));
      const height = (t) => (({ w, q, s }) => sum(w, log) - q - c * log(s))(at(t));
      const span = log1p(bound / low), n = min(500, max(16, ceil(span * 10)));
      const found = score(0) > 0 ? [] : [0];
      for (let i = 1, a = 0, b; i < n; i++, a = b) {
        b = i < n - 1 ? low * expm1((span * i) / (n - 1)) : bound * (1 + 1e-9);
        if (score(a) > 0 && score(b) <= 0) found.push(root(score, a, b));
      }
      return found.reduce((x, z) => (height(z) > height(x) ? z : x));
    };
    const methods = {
      REML: () => likely(1), ML: () => likely(0), PM: () => crossing(df), EB: () => crossing(df),
      PMM: () => crossing(rule.chi2_medians[df - 1]), DL: () => (o.q - df) / (o.s - o.c),
      HE: () => (rss - sum(v) * (1 - 1 / k)) / df, HS: () => (o.q - k) / o.s, HSk: () => ((k / df) * o.q - k) / o.s,
      SJ: () => rss && ((rss / k) * at(rss / k).q) / df
    };
    const random = rule.model == "random", tau2 = random && df ? max(0, methods[rule.tau2]()) : 0;
    const f = at(tau2), ratio = df ? f.q / df : 1, m = yi[0] + f.m;
    const { interval, t_based } = rule.branches.find((b) => k >= b.smallest_k && (tau2 > 0 || !b.needs_tau2));
    const factor = { "hartung-knapp": ratio, "hartung-knapp-floored": max(1, ratio) }[interval] ?? 1;
    const z = df && t_based ? rule.t[df - 1] : rule.normal, se = sqrt(factor / f.s), wide = sqrt(tau2 + se ** 2);
    return { interval, tau2, weights: f.w.map((x) => x / f.s), ci: [m, m - z * se, m + z * se], prediction: random && k >= rule.prediction_from_k && [m - z * wide, m + z * wide] };
  };

  // As synthesis.formatting prints; exact ties go to the even digit.
  const fix = (x, d) => {
    let s = abs(x), t = s.toFixed(d);
    if ((s * 2 ** (d + 1)) % 2 == 1 && t.slice(-1) % 2) t = (s * (1 - 1e-15)).toFixed(d);
    return (x < 0 && +t ? "−" : "") + t.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  };
  const ratio = (x) => (x > 99999 ? ">99,999" : x < 0.0005 ? "<0.001" : fix(x, x < 0.01 ? 3 : x < 10 ? 2 : x < 100 ? 1 : 0));
  const shown = (a, isLog) => {
    const d = min(...a.map((x) => (abs(x) < 100 ? 2 : abs(x) < 1000 ? 1 : 0)));
    return a.map((x) => (isLog ? ratio(exp(x)) : fix(x, d)));
  };
  const total = (a) => {
    const [e, n] = [0, 1].map((j) => sum(a, (x) => x[j] ?? NaN)), p = fix(n, 0);
    return n ? (e >= 0 ? fix(e, 0) + "/" + p : "n = " + p) : "–";
  };
  globalThis.synthesis = { pool, fix, shown, total };

  const start = (box) => {
    const $ = (q, e = box) => [...e.querySelectorAll(q)], set = (e, a) => Object.entries(a).forEach(([n, x]) => e.setAttribute(n, x));
    const d = JSON.parse(box.dataset.explorer), [body] = $(".studies"), studies = [...body.rows], rows = $(".pooled tr");
    const [status] = $("[role=status]"), inputs = $("input"), heads = $("thead th"), n = studies.length;
    const place = (x) => 6 + 88 * min(1, max(0, (x - d.low) / (d.high - d.low)));
    const put = (tr, text, ends, tip) => {
      const [mark] = $(".mark", tr), [x, to] = ends ? ends.map(place) : [0, 0];
      $(".effect", tr)[0].textContent = text;
      set(mark, { x: x + "%", width: to - x + "%" });
      if (tip) mark.firstChild.setAttribute("d", `M0,6L${(tip = (100 * (place(tip) - x)) / (to - x || 1))},0L100,6L${tip},12z`);
    };
    const update = () => {
      const off = inputs.filter((e) => !e.checked).map((e) => e.value), on = [...studies.keys()].filter((i) => !d.facets[i].some((f) => off.includes(f)));
      const [y, v] = [d.y, d.v].map((a) => on.map((i) => a[i])), k = on.length, some = `${k} of ${n} studies`;
      studies.forEach((tr, i) => (tr.hidden = !on.includes(i)));
      $(".sum th").forEach((th) => (th.textContent = k < n ? some : "All studies"));
      $(".sum .side").forEach((td, c) => (td.textContent = total(on.map((i) => d.sums[c][i]))));
      d.pooled.forEach((p, j) => {
        const tr = rows[p.row], r = k ? pool(y, v, p.rule) : null, name = k > 1 ? p.names[r.interval] : k ? "One study, its own result" : "No study";
        const [m, a, b] = k ? shown(r.ci, d.log) : [], text = k ? `${m} (${a} to ${b})` : "–";
        tr.cells[0].textContent = k > 1 && k < n ? `${name}, ${some}` : name;
        put(tr, text, k && r.ci.slice(1), k && r.ci[0]);
        if (j) return;
        status.textContent = `${some} shown. ${name}: ${d.measure} ${text}.`;
        if (p.prediction) put(rows[p.prediction], r?.prediction ? shown(r.prediction, d.log).join(" to ") : "–", r?.prediction);
        const most = k && max(...r.weights);
        on.forEach((i, w) => {
          const size = 11 * sqrt(r.weights[w] / most);
          $(".weight", studies[i])[0].textContent = fix(100 * r.weights[w], 1) + "%";
          set($("rect", studies[i])[0], { x: -size / 2, y: -size / 2, width: size, height: size });
        });
      });
    };
    heads.forEach((th, c) => {
      if (d.keys[0][c] == null) return;
      const button = document.createElement("button");
      button.append(...th.childNodes);
      th.append(button);
      button.onclick = () => {
        const down = th.ariaSort == "ascending" ? -1 : 1, key = (tr) => d.keys[studies.indexOf(tr)][c];
        heads.forEach((e) => (e.ariaSort = null));
        th.ariaSort = down > 0 ? "ascending" : "descending";
        body.append(...[...studies].sort((a, b) => down * ((key(a) > key(b)) - (key(a) < key(b)))));
        status.textContent = `Sorted by ${button.textContent}, ${th.ariaSort}.`;
      };
    });
    $(".controls")[0].hidden = false;
    inputs.forEach((e) => (e.onchange = update));
  };
  globalThis.document?.querySelectorAll("[data-explorer]").forEach(start);
})();
