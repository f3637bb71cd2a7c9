/**
 * Style sheet of the page: one column of text, system fonts only, light or dark as the reader prefers. Contrasts are AA or better (WCAG 2.2,
 * 1.4.3 and 1.4.11), except `--line`, which carries no information: it separates rows and draws the grid of plots.
 */
export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfbf8; --card: #f4f2ec; --ink: #22201c; --soft: #635e55; --line: #dcd7cc; --rule: #857f74; --accent: #1c5d8c; --wrong: #ad2a1f;
  --serif: Charter, 'Bitstream Charter', 'Iowan Old Style', Cambria, Georgia, serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #171613; --card: #201f1b; --ink: #ece8df; --soft: #a8a195; --line: #3a3731; --rule: #7a7468; --accent: #84bce6; --wrong: #ff9084; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 var(--sans); -webkit-text-size-adjust: 100%; }
header, main, footer { max-width: 58rem; margin: 0 auto; padding: 0 1.1rem; }
header { padding-top: 2.6rem; }
h1 { font: 600 clamp(1.7rem, 5vw, 2.4rem)/1.15 var(--serif); margin: 0 0 .4rem; overflow-wrap: anywhere; }
h2 { font: 600 1.25rem/1.3 var(--serif); margin: 2.8rem 0 .6rem; }
h3 { font: 600 .95rem/1.4 var(--sans); margin: 0 0 .2rem; }
p { margin: .4rem 0; }
.lede, .note, figcaption { color: var(--soft); font-size: .875rem; }
.note { max-width: 44rem; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .5rem 0 .5rem .9rem; text-align: right; vertical-align: baseline; border-top: 1px solid var(--line); font-weight: 400; }
th:first-child { padding-left: 0; text-align: left; }
thead th { border-top: 0; color: var(--soft); font-size: .8rem; padding-bottom: .3rem; }
tbody th { font-weight: 600; overflow-wrap: break-word; }
.measures { max-width: 38rem; }
.measures tbody th { font-weight: 400; }
tr.sub th, tr.sub td { border-top: 0; padding-top: 0; color: var(--soft); font-size: .875rem; font-weight: 400; }
tr.sub th { padding-left: .8rem; }
td { white-space: nowrap; }
td small, th small { display: block; color: var(--soft); font-size: .75rem; font-weight: 400; }
td .figure { font-weight: 600; }
tr.sub td .figure { font-weight: 400; }
.gaps { border-left: 3px solid var(--wrong); padding: .1rem 0 .1rem .9rem; margin: 1.4rem 0 0; }
.gaps h2 { margin: 0 0 .2rem; font-size: 1rem; }
.gaps dl { margin: 0; }
.gaps dt { font-weight: 600; float: left; margin-right: .5rem; }
.gaps dd { margin: 0 0 .3rem; color: var(--soft); overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1.6rem 2rem; }
figure { margin: 0; }
figure svg { display: block; max-width: 100%; height: auto; margin: .3rem 0; font-family: var(--sans); }
article { padding: .9rem 0 1rem; border-top: 1px solid var(--line); }
article .facts { display: flex; flex-wrap: wrap; gap: 0 1rem; color: var(--soft); font-size: .8rem; font-variant-numeric: tabular-nums; }
article .facts b { color: var(--ink); font-weight: 600; }
article .asked { color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; margin: .1rem 0; }
article .text, .now { font: 1.15rem/1.75 var(--serif); margin: .35rem 0 0; overflow-wrap: anywhere; }
article ul { margin: .4rem 0 0; padding-left: 1.1rem; color: var(--soft); font-size: .8rem; overflow-wrap: anywhere; }
ruby { white-space: nowrap; ruby-position: under; ruby-align: center; }
u { text-decoration: underline wavy var(--wrong) 1px; text-underline-offset: .12em; }
rt { color: var(--wrong); font: .62rem/1 var(--sans); padding: .25em .25em 0; }
b.gap { color: var(--wrong); font-weight: 400; white-space: nowrap; }
b.lacks { white-space: normal; }
b.gap small { font: .66rem/1 var(--sans); vertical-align: sub; }
.scrubber { background: var(--card); border-radius: .6rem; padding: .9rem 1.1rem 1rem; }
.scrubber .now { min-height: 4.6rem; }
.now .open { text-decoration: underline dotted 1.5px; text-underline-offset: .18em; }
.scrubber button { font: inherit; font-size: .85rem; color: var(--ink); background: transparent; border: 1px solid var(--rule); border-radius: .4rem; min-width: 2.75rem; min-height: 2.2rem; padding: .1rem .6rem; cursor: pointer; }
.scrubber button[aria-pressed='true'] { border-color: var(--accent); color: var(--accent); }
.scrubber .texts { display: flex; flex-wrap: wrap; gap: .4rem; margin: 0; }
.scrubber .controls { display: flex; flex-wrap: wrap; align-items: center; gap: .4rem .8rem; }
.scrubber input { flex: 1 1 10rem; min-width: 0; accent-color: var(--accent); height: 2.2rem; }
.scrubber output { flex: 0 0 auto; color: var(--soft); font-size: .85rem; font-variant-numeric: tabular-nums; }
.bars { margin: .4rem 0 0; display: grid; gap: .15rem 1.4rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); font-size: .85rem; }
.bars div { display: flex; gap: .6rem; align-items: center; }
.bars dt { flex: 0 0 5.5rem; overflow-wrap: anywhere; }
.bars dd { margin: 0; display: flex; gap: .6rem; align-items: center; flex: 1; font-variant-numeric: tabular-nums; color: var(--soft); }
meter { flex: 1; min-width: 3rem; height: .6rem; }
meter { background: none; border: 0; }
meter::-webkit-meter-bar { background: none; border: 1px solid var(--rule); border-radius: .3rem; }
@supports (-moz-appearance: none) { meter { border: 1px solid var(--rule); border-radius: .3rem; } }
meter::-webkit-meter-optimum-value { background: var(--accent); border-radius: .3rem; }
meter::-moz-meter-bar { background: var(--accent); border-radius: .3rem; }
details { margin: 2.8rem 0 0; border-top: 1px solid var(--line); padding-top: .8rem; }
summary { cursor: pointer; font: 600 1.05rem/1.4 var(--serif); }
pre { overflow-x: auto; font-size: .8rem; line-height: 1.45; background: var(--card); border-radius: .6rem; padding: .8rem 1rem; }
footer { color: var(--soft); font-size: .8rem; padding-top: 2rem; padding-bottom: 3rem; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
@media (max-width: 34rem) {
  body { font-size: 15px; }
  th, td { padding-left: .4rem; }
  td small { font-size: .7rem; letter-spacing: -.01em; }
  .controls thead th { font-size: .74rem; }
  td .figure { font-size: .95rem; }
  .scrubber .now { min-height: 9rem; }
}
@media print { .scrubber button, .scrubber input { display: none; } }
`;
