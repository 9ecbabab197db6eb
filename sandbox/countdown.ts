import { markup, type Markup } from './markup';
import type { SandboxOrder } from './order';

/**
 * Shows the time of the order's end; the script adds the time left. A screen reader announces it only at five minutes and at
 * one minute.
 */
export const countdown = (order: SandboxOrder, now: number): Markup => markup`<p class="clock">
<span>Pay before <time datetime="${new Date(order.expires_at).toISOString()}">${readableTime(order.expires_at, now)}</time></span>
<span role="timer" aria-live="off" data-left-ms="${order.expires_at - now}"></span>
</p>
<p class="hidden" aria-live="polite" data-said></p>
<div class="track" aria-hidden="true"><div></div></div>`;

/** UTC; with the date when it is a day or more away. */
function readableTime(instant: number, now: number): string {
  const text = new Date(instant).toISOString();
  return `${instant - now < 86_400_000 ? '' : `${text.slice(0, 10)} `}${text.slice(11, 16)} UTC`;
}

/** The bar moves by CSS, without a script. */
export function countdownStyle({ created_at, expires_at }: SandboxOrder, now: number): string {
  const share = Math.min(1, (expires_at - now) / (expires_at - created_at));
  return `.track div { --share: ${share.toFixed(4)}; --left: ${Math.round(expires_at - now)}ms; }`;
}

/** Uses the time left, not the time of the end, because the browser's clock may differ from the sandbox's. */
export const COUNTDOWN_SCRIPT = `
const timer = document.querySelector('[role=timer]');
const said = document.querySelector('[data-said]');
const end = Date.now() + Number(timer.dataset.leftMs);
const two = (number) => String(number).padStart(2, '0');
const tick = () => {
  const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
  const days = Math.floor(left / 86400), hours = Math.floor(left / 3600) % 24, minutes = Math.floor(left / 60) % 60;
  timer.textContent = (days ? days + ' d ' : '') + (days || hours ? two(hours) + ':' : '') + two(minutes) + ':' + two(left % 60) + ' left';
  if (left === 300) said.textContent = 'Five minutes left to pay';
  if (left === 60) said.textContent = 'One minute left to pay';
  setTimeout(left === 0 ? () => location.reload() : tick, 1000);
};
tick();
`;
