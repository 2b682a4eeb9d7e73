"use strict";
(() => {
  const { abs, max, min, round } = Math;
  // As certainty.absolute computes.
  const risk = (measure, e, b) => min(1, max(0, { RR: e * b, OR: e == Infinity ? 1 : (b * e) / (1 - b + b * e), RD: b + e }[measure]));
  // As Python rounds: exact halves go to the even number.
  const whole = (x) => (abs(x) % 1 == 0.5 ? 2 * round(x / 2) : round(x));
  const print = (x) => `${abs(whole(x))}`.replace(/\B(?=\d{3}$)/, ",");
  const people = (x) => (whole(x) == 0 ? "no more and no fewer" : `${print(x)} ${x > 0 ? "more" : "fewer"}`);
  const sentence = (d, n) => {
    const [at, low, high] = d.effect.map((e) => 1000 * risk(d.measure, +e, n / 1000));
    return `${people(at - n)} per 1,000 (from ${people(low - n)} to ${people(high - n)}): ${print(at)} ${d.with}, ${print(n)} ${d.without}.`;
  };
  globalThis.synthesisBaseline = { risk, people, sentence };

  const start = (box) => {
    const d = JSON.parse(box.dataset.baseline), [own, known] = box.querySelectorAll("input"), result = box.querySelector(".result");
    const update = () => {
      const n = own.valueAsNumber, outside = n < d.low || n > d.high, wrong = !(n >= 1 && n <= 999), refused = wrong || (outside && !known.checked);
      own.ariaInvalid = `${refused}`;
      result.textContent = wrong
        ? "Enter a number from 1 to 999."
        : refused
          ? `${print(n)} lies outside what was studied (${d.low} to ${d.high}). Nothing is shown until you tick the box.`
          : (outside ? "Outside what was studied: " : "") + sentence(d, n);
    };
    own.oninput = known.onchange = update;
    update();
    box.hidden = false;
  };
  globalThis.document?.querySelectorAll("[data-baseline]").forEach(start);
})();
