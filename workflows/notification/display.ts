import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { notificationSummary } from './messages';
import { TRY_FOR_MS, type NotificationRun } from './run';
import type { PayinEvent } from '../../payin/events';
import { SEARCH_ATTRIBUTES } from '../search-attributes';
import { rfc3339 } from '../../payin/rfc3339';

/** What an operator sees of a run that notifies an endpoint. */

/** How many undelivered events are listed at most. */
const MOST_LISTED = 10;

export const eventName = ({ number, kind, data }: PayinEvent): string =>
  `event ${number}, ${kind}${typeof data['to'] === 'string' ? ` to ${data['to']}` : ''}`;

/** Writes the run's current details, and the search attribute `NeedsAttention` if it has changed. */
export function showNotification(run: NotificationRun): void {
  setCurrentDetails(details(run));
  needAttention(run, run.trouble !== undefined);
}

/** Takes the run off the list of the runs that need attention. */
export const hideNotification = (run: NotificationRun): void => needAttention(run, false);

function needAttention(run: NotificationRun, value: boolean): void {
  if (run.shownAttention === value) return;
  run.shownAttention = value;
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.needsAttention, value }]);
}

function details(run: NotificationRun): string {
  const { pending, last_failure, trying_since, trying, resend_from, delivered, cancel_asked, input } = run;
  const lines = [
    `**${notificationSummary(input)}**`,
    ...whatToDo(run),
    ...(pending.length === 0 ? ['Nothing is undelivered.'] : [waiting(run)]),
    ...(last_failure === undefined ? [] : [`Last known failure: ${last_failure}.`]),
    ...(trying_since === undefined || !trying ? [] : [`The first one has been tried since ${rfc3339(trying_since)}.`]),
    ...(resend_from === undefined ? [] : [`Events from ${resend_from} on are being loaded, to be sent again.`]),
    ...(delivered === 0 ? [] : [`Delivered up to event ${delivered}.`]),
    ...(cancel_asked
      ? [
          'Cancel was requested, and changes nothing: undelivered events are still tried. To give them up: `acknowledge`.',
        ]
      : []),
  ];
  return lines.join('\n\n');
}

function whatToDo({ trouble, next, trying_since, input: { request_id, endpoint } }: NotificationRun): string[] {
  if (trouble === undefined || !next) return [];
  const until = trying_since === undefined ? '' : `, until ${rfc3339(trying_since + TRY_FOR_MS)}`;
  const wrong = {
    refused: `the endpoint does not accept ${eventName(next.event)}. It is still tried${until}; later events wait for it`,
    gone: 'the endpoint has answered 410 Gone: nothing more is sent to it, not even newer events, until a person asks for it',
    in_vain: 'the endpoint has accepted nothing for 3 days. The next new event is tried again',
  }[trouble];
  const command = (name: string, more = '') =>
    `\`npm run notifications -- ${name} ${request_id}${more} --endpoint ${endpoint}`;
  return [
    `**Needs attention**: ${wrong}.`,
    `Repair the endpoint, then send the signal \`resend\`, or run ${command('resend')}\`. To leave out ${eventName(next.event)}, for good, and go on with the next: ${command('skip', ` ${next.event.number}`)} --why '...'\`. To give up all events that are undelivered: update \`acknowledge\` with \`{"who": "...", "why": "..."}\`. More in docs/notifications.md.`,
  ];
}

function waiting({ pending }: NotificationRun): string {
  const listed = pending
    .slice(0, MOST_LISTED)
    .map(({ event, since }) => `- ${eventName(event)}, since ${rfc3339(since)}`);
  const more = pending.length > MOST_LISTED ? [`- and ${pending.length - MOST_LISTED} more`] : [];
  return ['Undelivered:', ...listed, ...more].join('\n');
}
