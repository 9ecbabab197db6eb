/** The style sheet of all pages: plain CSS, included in each page. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f1; --card: #ffffff; --ink: #16211c; --soft: #56635c; --line: #dfe4de; --field: #868f89;
  --accent: #0b6e4f; --accent-strong: #085a40; --on-accent: #ffffff; --tint: #e7f3ed;
  --warn: #7a4b00; --warn-tint: #fdf1d6; --warn-line: #e9c46a; --bad: #a3261f; --bad-tint: #fbeae8;
  --shadow: 0 1px 2px rgb(22 33 28 / .06), 0 18px 48px -18px rgb(22 33 28 / .22);
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1210; --card: #161d1a; --ink: #ecf2ee; --soft: #a3b1a9; --line: #2a342f; --field: #6f7d76;
    --accent: #4fd1a0; --accent-strong: #74dfb7; --on-accent: #06251a; --tint: #15302680;
    --warn: #f5d58a; --warn-tint: #2b2412; --warn-line: #6b5519; --bad: #ff9d94; --bad-tint: #34191780;
    --shadow: 0 1px 2px rgb(0 0 0 / .4), 0 18px 48px -18px rgb(0 0 0 / .7);
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; align-items: center;
  background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
}
h1, h2, p, dl, dd, ul { margin: 0; padding: 0; }
a { color: var(--accent); text-underline-offset: .2em; }
a:hover { color: var(--accent-strong); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 6px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.banner { width: 100%; background: var(--warn-tint); border-bottom: 1px solid var(--warn-line); color: var(--warn); }
.banner p { padding: .55rem 1rem; text-align: center; font-size: .875rem; letter-spacing: .01em; }
.banner a { color: inherit; font-weight: 650; text-decoration: none; }
.banner a:hover { text-decoration: underline; }

main { width: 100%; max-width: 27rem; padding: 1rem; flex: 1; }
.wide { max-width: 46rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 20px; box-shadow: var(--shadow); overflow: hidden; }
.part { padding: 1.5rem; }
.part + .part { border-top: 1px solid var(--line); }

.merchant { color: var(--soft); font-size: .875rem; }
.amount { font-size: clamp(2rem, 11vw, 2.75rem); line-height: 1.1; font-weight: 680; letter-spacing: -.025em; font-variant-numeric: tabular-nums; margin: .35rem 0 1rem; }
.amount.long { font-size: 1.5rem; letter-spacing: -.01em; }
.amount small { font-size: .45em; font-weight: 600; letter-spacing: .02em; color: var(--soft); }
.product { font-weight: 600; }
.soft { color: var(--soft); font-size: .9375rem; }

.clock { margin-top: 1.25rem; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; font-size: .875rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.clock span { white-space: nowrap; }
.clock [role=timer] { color: var(--ink); font-weight: 600; }
.track { height: 4px; margin-top: .5rem; border-radius: 2px; background: var(--line); overflow: hidden; }
.track div { height: 100%; border-radius: 2px; background: var(--accent); transform-origin: left; transform: scaleX(var(--share)); animation: drain var(--left) linear forwards; }
@keyframes drain { to { transform: scaleX(0); } }

button, .button, input {
  font: inherit; min-height: 3rem; border-radius: 12px; padding: .65rem 1rem; width: 100%;
}
button, .button { display: grid; place-items: center; text-align: center; text-decoration: none; font-weight: 600; cursor: pointer; border: 1px solid var(--field); background: transparent; color: var(--ink); transition: background-color .15s, border-color .15s; }
button:hover, .button:hover { background: var(--tint); border-color: var(--accent); color: var(--ink); }
.primary, .primary:hover { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.primary { font-size: 1.0625rem; margin-top: 1.5rem; min-height: 3.25rem; }
.primary:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
.quiet { color: var(--bad); border-color: var(--line); }
.quiet:hover { background: var(--bad-tint); border-color: var(--bad); color: var(--bad); }

h2 { font-size: .8125rem; font-weight: 650; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); margin-bottom: 1rem; }
label { display: block; font-size: .9375rem; font-weight: 600; margin-bottom: .4rem; }
input { background: var(--card); color: var(--ink); border: 1px solid var(--field); margin-bottom: .75rem; font-variant-numeric: tabular-nums; }
input[aria-invalid] { border-color: var(--bad); }
.error { color: var(--bad); font-size: .9375rem; margin-bottom: .75rem; }
.way form { display: grid; gap: .75rem; }
.qr { display: block; width: 12rem; margin: 0 auto 1.25rem; background: #fff; border-radius: 12px; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: .75rem; margin-top: .75rem; }

dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1.25rem; font-size: .875rem; }
dt { color: var(--soft); }
dd { text-align: right; font-variant-numeric: tabular-nums; }

.mark { width: 3.5rem; height: 3.5rem; border-radius: 50%; display: grid; place-items: center; background: var(--tint); color: var(--accent); margin-bottom: 1rem; }
.mark.warn { background: var(--warn-tint); color: var(--warn); }
.mark.bad { background: var(--bad-tint); color: var(--bad); }
.mark svg { width: 1.75rem; height: 1.75rem; }
.title { font-size: 1.5rem; line-height: 1.25; font-weight: 680; letter-spacing: -.015em; margin-bottom: .35rem; }
.notice { padding: .85rem 1.5rem; background: var(--warn-tint); color: var(--warn); border-bottom: 1px solid var(--warn-line); font-size: .9375rem; }

.part + .head, .head { border: 0; padding-top: 0; padding-bottom: .25rem; }
.head h2 { margin-bottom: .5rem; }
.line { display: block; }
.orders { list-style: none; }
.orders a { display: flex; justify-content: space-between; align-items: center; gap: .25rem 1rem; padding: .9rem 1.5rem; border-top: 1px solid var(--line); color: inherit; text-decoration: none; }
.orders a:hover { background: var(--tint); }
.orders a:focus-visible { outline-offset: -4px; }
.orders strong { font-variant-numeric: tabular-nums; }
.chip { white-space: nowrap; font-size: .75rem; font-weight: 650; letter-spacing: .03em; padding: .15rem .55rem; border-radius: 99px; border: 1px solid var(--line); color: var(--soft); }
.chip.good { color: var(--accent); background: var(--tint); border-color: transparent; }
.chip.warn { color: var(--warn); background: var(--warn-tint); border-color: transparent; }
.chip.bad { color: var(--bad); background: var(--bad-tint); border-color: transparent; }
code { font: .875em ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
footer { padding: .25rem 1rem 1.5rem; text-align: center; font-size: .8125rem; color: var(--soft); }

@media (max-width: 40rem) { .orders a { flex-direction: column; align-items: flex-start; } }
@media (min-width: 40rem) {
  main { padding: 3rem 1rem 1.5rem; }
  .part { padding: 2rem; }
  .head { padding: 0 2rem .25rem; }
  .notice, .orders a { padding-left: 2rem; padding-right: 2rem; }
}
@media (prefers-reduced-motion: reduce) { * { transition: none !important; animation: none !important; } }
`;
