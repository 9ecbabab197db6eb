/** One safety rule, the test that guards it, and a break of the code that makes the test fail. */
export interface SafetyRule {
  /** What must hold. */
  readonly rule: string;
  /** The test's file below `test/`, and the start of its title. */
  readonly test: readonly [file: string, title: string];
  /** The file, and what stands there once and is replaced. */
  readonly breaks: readonly [file: string, from: string, to: string];
}

/** All of them. What stands under the heading of a rule of docs/design.md belongs to that rule. */
export const SAFETY_RULES: Readonly<Record<string, readonly SafetyRule[]>> = {
  'Status: one pure function decides, and a person sees what does not fit': [
    {
      rule: 'A status that would go back is stale and changes nothing',
      test: ['workflows/payin-statuses.test.ts', 'PENDING_CONFIRM, then PENDING_PAY, and never back'],
      breaks: ['payin/state.ts', "return to === 'PENDING_CONFIRM' ? 'stale' : 'applied';", "return 'applied';"],
    },
    {
      rule: 'Money that arrives after the end is applied and flagged `late_payment`',
      test: ['workflows/payin-resumed.test.ts', 'money that arrives after CLOSED is applied and flagged'],
      breaks: ['payin/state.ts', "return saysMoneyMoved(to) ? 'late_payment' : 'stale';", "return 'stale';"],
    },
    {
      rule: 'A payment is never unsaid: what contradicts it is flagged `status_conflict`, not applied',
      test: ['workflows/payin-resumed.test.ts', 'a status that contradicts the outcome is flagged, not applied'],
      breaks: ['payin/state.ts', "return to === 'REFUND' ? 'applied' : 'status_conflict';", "return 'applied';"],
    },
    {
      rule: 'Between `FAILED`, `CANCELED` and `CLOSED` the first stays',
      test: ['payin/state.test.ts', 'FAILED, Lesspay says CLOSED: stale'],
      breaks: ['payin/state.ts', "return saysMoneyMoved(to) ? 'late_payment' : 'stale';", "return 'late_payment';"],
    },
    {
      rule: 'An order of another amount or currency is `PAID` at best, never `SUCCEED`',
      test: ['workflows/payin-statuses.test.ts', 'SUCCEED with another currency is PAID at best'],
      breaks: ['payin/word.ts', 'one !== undefined && other !== undefined && one !== other;', 'false;'],
    },
    {
      rule: 'What is said of another order is ignored and flagged `identity_mismatch`',
      test: ['workflows/payin-statuses.test.ts', 'an answer about another order'],
      breaks: [
        'payin/state.ts',
        'if (stranger) return { payin, changes: [], alerts:',
        'if (stranger === "") return { payin, changes: [], alerts:',
      ],
    },
    {
      rule: "Our order under somebody else's request_id is flagged `identity_mismatch`, never taken for not found",
      test: ['workflows/payin-statuses.test.ts', 'an answer about another order (row_request_id)'],
      breaks: ['lesspay/client.ts', '{ pay_order_id: knownPayOrderId, ...asked }', 'asked'],
    },
    {
      rule: 'A status unknown to us changes nothing and is flagged',
      test: ['workflows/payin-statuses.test.ts', 'a status unknown to us'],
      breaks: [
        'payin/state.ts',
        'alerts.push(unknownStatus(observation.status));',
        'void unknownStatus(observation.status);',
      ],
    },
    {
      rule: 'An answer that cannot be read is flagged, never taken for "not found"',
      test: ['workflows/payin-statuses.test.ts', 'an answer that is truncated'],
      breaks: ['workflows/payin/ask-lesspay.ts', "'unreadable', ", ''],
    },
    {
      rule: "A CDN's page in the place of Lesspay's answer is Lesspay out of reach: asked again, no alert about keys",
      test: [
        'workflows/payin-statuses.test.ts',
        "Lesspay is out of reach, and no alert is raised, when what answers in its place is a firewall's page",
      ],
      breaks: ['lesspay/answer.ts', "form === 'envelope' ? 'credentials' : 'unavailable';", "'credentials';"],
    },
    {
      rule: 'Credentials that are refused while our clock is off say so: a wrong timestamp reads like a wrong secret',
      test: ['lesspay/clock.test.ts', 'refused credentials say that our clock is off'],
      breaks: [
        'lesspay/answer.ts',
        "kind === 'credentials' ? clockProblem(details.clock_offset_ms) : undefined",
        'undefined',
      ],
    },
    {
      rule: 'A flagged pay-in stays open until a person has dealt with it',
      test: ['workflows/payin-statuses.test.ts', 'PAID, then pay: SUCCEED; the flag stays'],
      breaks: ['payin/watch.ts', ' && openAlerts(alerts).length === 0', ''],
    },
    {
      rule: 'A flag sets `NeedsAttention`, so the list in the UI is what is left to do',
      test: ['workflows/payin-statuses.test.ts', 'a status unknown to us'],
      breaks: [
        'workflows/payin/display.ts',
        'needsAttention, value: open.length > 0 }',
        'needsAttention, value: false }',
      ],
    },
    {
      rule: 'A dispute never changes the status; it is flagged, each one anew',
      test: ['workflows/payin-resumed.test.ts', 'a dispute never changes the status'],
      breaks: ['payin/alerts.ts', "new Set(['dispute_received', 'unconfirmed_claim', 'unknown_event'])", 'new Set([])'],
    },
  ],
  'Money that comes when nobody looks any more': [
    {
      rule: 'What a webhook says is asked about, whatever its bytes, while it would still change the status',
      test: ['payin/money.test.ts', 'is asked about again where nothing came of it'],
      breaks: [
        'payin/claims.ts',
        'if (again && !mustAskAgain(facts, claim)) return false;',
        'if (again) return false;',
      ],
    },
    {
      rule: 'A flood of identical webhooks costs one question while what it says is open',
      test: ['payin/money.test.ts', 'folds while its claim is open'],
      breaks: [
        'payin/claims.ts',
        'return openClaimLike(facts, claim) === undefined && isNews(facts, claim);',
        'return isNews(facts, claim);',
      ],
    },
    {
      rule: 'All that was decided over is remembered: Lesspay repeating it is no news',
      test: ['payin/money.test.ts', 'is remembered, whatever is decided later'],
      breaks: ['payin/operator.ts', 'facts.decided_over = [...decided_over, said];', 'facts.decided_over = [];'],
    },
    {
      rule: 'Only what was decided over: anything else Lesspay says is weighed, another amount too',
      test: ['payin/money.test.ts', 'is that amount alone'],
      breaks: [
        'payin/word.ts',
        'decidedOver.some((word) => sameWord(word, said));',
        'decidedOver.some((word) => word.status === said.status);',
      ],
    },
    {
      rule: 'A webhook of another amount than was decided over is asked about until query-order shows it',
      test: ['payin/money.test.ts', 'of another amount: asked until it is shown, after SUCCEED'],
      breaks: [
        'payin/claims.ts',
        'decided_over.some((decided) => statesTheSame(decided, stated))',
        'isDecidedOver(decided_over, { status: stated.status })',
      ],
    },
    {
      rule: 'That a part went back does not show what a webhook said of the whole',
      test: ['payin/money.test.ts', 'is not shown by that of a part, but by {}'],
      breaks: [
        'payin/webhook-claim.ts',
        "isOtherMoney || (status === 'REFUND' && amount !== undefined) ?",
        'isOtherMoney ?',
      ],
    },
    {
      rule: 'A refund that was reversed is flagged, not called stale',
      test: ['payin/money.test.ts', '["SUCCEED","REFUND"], then SUCCEED'],
      breaks: [
        'payin/state.ts',
        "return isPayable(to) ? 'stale' : 'status_conflict';",
        "return isPayable(to) || to === 'SUCCEED' ? 'stale' : 'status_conflict';",
      ],
    },
    {
      rule: 'A late webhook about money is asked about also where query-order lags behind',
      test: ['workflows/payin-late-money.test.ts', 'money that comes weeks after SUCCEED is flagged'],
      breaks: ['payin/poll-schedule.ts', 'late_claim_ms: 15 * MINUTE', 'late_claim_ms: 0'],
    },
    {
      rule: 'An order that ends unpaid after money came is flagged, whatever was acknowledged before',
      test: ['workflows/payin-late-money.test.ts', 'an order that ends unpaid although money had come'],
      breaks: [
        'payin/state.ts',
        'if (isUnpaidEnd(status) && payin.paid_at !== undefined)',
        'if (isUnpaidEnd(status) && payin.paid_at === 0)',
      ],
    },
    {
      rule: 'A refund of a part changes no status, and is flagged and told once',
      test: ['workflows/payin-late-money.test.ts', 'that query-order shows: flagged and told once'],
      breaks: [
        'payin/state.ts',
        "const isSaid = what === 'status_conflict' && mismatch && saysMoneyMoved(status);",
        'const isSaid = false;',
      ],
    },
    {
      rule: 'A refund of a part that query-order never shows is heard of within hours, once',
      test: ['workflows/payin-late-money.test.ts', 'that query-order does not show: heard of within hours'],
      breaks: ['payin/poll-schedule.ts', 'claim_patience_ms: 2 * HOUR', 'claim_patience_ms: 7 * DAY'],
    },
    {
      rule: 'An event without a name with us is flagged by its own, and told to the merchant',
      test: ['workflows/payin-late-money.test.ts', 'an event chargeback is flagged and told'],
      breaks: [
        'payin/claims.ts',
        "addEvent(facts, { kind: 'event', source: 'lesspay', data: { event: event.slice(0, 64) } }, now);",
        '',
      ],
    },
    {
      rule: 'A condition that is over closes its own alert, with both times kept',
      test: ['workflows/payin-late-money.test.ts', 'credentials'],
      breaks: ['payin/answers.ts', 'endAlerts(facts, isAboutAnswers, now);', 'void now;'],
    },
    {
      rule: 'A condition that is over is never taken for acknowledged by a person',
      test: ['payin/alerts.test.ts', 'is not what a person has acknowledged or decided'],
      breaks: [
        'payin/alerts.ts',
        '(isOpenAlert(alert) && which(alert) ? { ...alert, over_at: at } : alert)',
        '(which(alert) ? { ...alert, over_at: at } : alert)',
      ],
    },
  ],
  'Rule 1: a webhook is a hint': [
    {
      rule: 'Only what query-order answers is believed',
      test: ['workflows/payin.test.ts', 'believes query-order, not the webhook'],
      breaks: [
        'payin/claims.ts',
        `  facts.claim_asks = 0;\n`,
        `  facts.claim_asks = 0;\n  facts.payin = transition(facts.payin, { status: claim.order_status ?? '', at: now }).payin;\n`,
      ],
    },
    {
      rule: 'A claim that is not shown yet is asked about again on a short schedule',
      test: ['workflows/payin-statuses.test.ts', 'is found on the short schedule'],
      breaks: [
        'payin/watch.ts',
        'poll_schedule.claim_ms[Math.max(claim_asks - 1, 0)] : undefined',
        'undefined : undefined',
      ],
    },
    {
      rule: 'A claim that is never shown is not forgotten: flagged `unconfirmed_claim` after two hours, once',
      test: ['workflows/payin-resumed.test.ts', 'a claim that is never shown is asked about'],
      breaks: [
        'payin/claims.ts',
        "raiseAlert(facts, { code: 'unconfirmed_claim', message: unconfirmed(claimed) }, now);",
        'void unconfirmed(claimed);',
      ],
    },
    {
      rule: 'Text we send cannot imitate another member in what is signed (`&name=`)',
      test: ['lesspay/schemas.test.ts', 'never imitates a member in what is signed'],
      breaks: [
        'lesspay/text.ts',
        '.refine((text) => !/&[\\p{L}\\p{N}_.$-]+=/u.test(text), \'must not contain "&name="\')',
        '',
      ],
    },
    {
      rule: "A webhook with `&` or `=` in a member's name is refused",
      test: ['lesspay/webhook.test.ts', 'a body is refused'],
      breaks: ['lesspay/webhook.ts', "if (/[&=]/.test(name)) throw new WebhookError('bad_member_name');", ''],
    },
    {
      rule: 'What a v1 webhook does not sign is dropped unread',
      test: ['api/webhook.test.ts', 'a v1 webhook hands on nothing that it does not sign'],
      breaks: [
        'lesspay/webhook.ts',
        'webhook.parse(Object.fromEntries(members))',
        'webhook.parse(Object.fromEntries(object.members))',
      ],
    },
    {
      rule: '`LESSPAY_WEBHOOK_VERSIONS` narrows which rules of signing are accepted',
      test: ['api/webhook.test.ts', 'a version that is switched off is refused, though signed'],
      breaks: ['lesspay/webhook.ts', 'if (!versions.includes(version)) throw', 'if (versions.length === 0) throw'],
    },
  ],
  'Rule 2: acknowledge only what is durable': [
    {
      rule: 'A webhook that Lesspay signed is taken, whatever nulls the objects in its arrays hold',
      test: ['lesspay/signature.test.ts', 'vector webhook/event-data-list-13-members-1-null'],
      breaks: ['lesspay/canonical.ts', 'const members = hashMapOrder(given);', 'const members = given;'],
    },
    {
      rule: 'A signed id that is a JSON number is the digits it was written with',
      test: ['lesspay/webhook.test.ts', 'takes the digits of an id that is a number'],
      breaks: [
        'lesspay/webhook.ts',
        'request_id: idOf(anyRequestId)',
        'request_id: anyRequestId.optional().catch(undefined)',
      ],
    },
    {
      rule: '`SUCCESS` only after Temporal has taken the signal; 503 while it is out of reach',
      test: ['api/webhook.test.ts', 'a verified webhook gets 503 while Temporal is out of reach'],
      breaks: [
        'api/webhook/receive-webhook.ts',
        'await deliverWebhook(deps, claim);',
        "await deliverWebhook(deps, claim).catch((): Delivery => ({ result: 'delivered' }));",
      ],
    },
    {
      rule: 'A webhook whose signature is wrong starts nothing and wakes nothing',
      test: ['workflows/payin-clocks.test.ts', 'on its side alone'],
      breaks: ['lesspay/webhook.ts', 'return matches.includes(true);', 'return matches.length > 0;'],
    },
    {
      rule: 'A signal that Temporal refuses is answered 503 and taken when it comes again',
      test: ['e2e/webhook-flood.test.ts', 'while no worker runs'],
      breaks: [
        'client/signal-payin.ts',
        '    if (!(error instanceof WorkflowNotFoundError)) throw error;\n  }\n  // The',
        "    if (!(error instanceof WorkflowNotFoundError)) return 'delivered';\n  }\n  // The",
      ],
    },
    {
      rule: 'Webhooks are never rate limited, whatever else the address asks for',
      test: ['api/rate-limits.test.ts', 'without a right key, whatever is asked of REST; health and webhooks never'],
      breaks: ['api/app.ts', "app.use('/webhooks', shedLoad(", "app.use('/webhooks', ...gate.anyone, shedLoad("],
    },
    {
      rule: 'A webhook of an order that no pay-in is known by is kept by Temporal before it is acknowledged',
      test: ['api/webhook.test.ts', 'is kept, in one run for one order, and SUCCESS'],
      breaks: ['api/webhook/deliver-webhook.ts', 'await keepUnmatched(client, pay_order_id, claim);', ''],
    },
    {
      rule: "A webhook is taken for another shop's only where we surely do not know its ids",
      test: ['api/webhook.test.ts', 'a pay-in that was started before it is ours for good'],
      breaks: ['api/webhook/deliver-webhook.ts', 'await knownPayin(deps, request_id, pay_order_id)', 'undefined'],
    },
    {
      rule: "Another shop's webhook is acknowledged, counted, and becomes no run",
      test: ['api/webhook.test.ts', "another shop's webhook is SUCCESS, counted, and becomes no run"],
      breaks: [
        'api/webhook/deliver-webhook.ts',
        "if (whose === undefined) return { result: 'not_ours' };",
        'if (whose === undefined) return { result: await signalPayin(client, request_id, webhookSignal, claim) };',
      ],
    },
    {
      rule: 'Webhooks come only from the allowed addresses; without a list, from any',
      test: ['api/receiver.test.ts', 'accepts webhooks only from the addresses'],
      breaks: ['api/webhook/allow-addresses.ts', 'networks.length === 0 ||', 'networks.length >= 0 ||'],
    },
    {
      rule: 'An overloaded API refuses REST before webhooks',
      test: ['api/receiver.test.ts', 'an overloaded API refuses REST first'],
      breaks: ['api/http/overload.ts', 'WEBHOOKS_LATER = 4', 'WEBHOOKS_LATER = 1'],
    },
  ],
  'Rule 3: never create twice': [
    {
      rule: 'Temporal never repeats a create-order, whatever its retry policy has become: what comes next is the workflow’s to decide',
      test: ['e2e/create-order-repeated.test.ts', 'a create-order in doubt that is allowed 5 attempts'],
      breaks: ['activities/lesspay.ts', 'if (!isFirstExecution()) throw asFailure(REPEATED);', ''],
    },
    {
      rule: 'Nor after an operator has reset its activity, which counts its attempts anew',
      test: ['e2e/create-order-repeated.test.ts', 'a create-order in doubt that is paused, and reset'],
      breaks: [
        'activities/first-execution.ts',
        'attempt === 1 && currentAttemptScheduledTimestampMs === scheduledTimestampMs',
        'attempt === 1 && currentAttemptScheduledTimestampMs > 0',
      ],
    },
    {
      rule: 'What a run wrote before a Reset is never taken for what the run after it wrote: that one goes on from the record',
      test: ['e2e/order-record.test.ts', 'reset while its record says no more than that it has started'],
      breaks: ['payin/journal.ts', 'begun_in === facts.begun_in &&', ''],
    },
    {
      rule: 'Only hints wait to be told with what comes next: the merchant hears at once of all else',
      test: ['e2e/order-record.test.ts', 'the merchant is told at once, not with the next poll'],
      breaks: [
        'workflows/payin/publish.ts',
        '!eventsFor(facts, to).every(isHint)',
        "!eventsFor(facts, 'recorded').every(isHint)",
      ],
    },
    {
      rule: 'Where Lesspay refuses a second order of an id, the merchant is told REJECTED once the records can say whose the first is',
      test: ['e2e/order-record.test.ts', 'started again where it was forgotten'],
      breaks: ['workflows/payin/publish.ts', "!(to === 'notified' && mayBeItsOwn(run.facts))", 'true'],
    },
    {
      rule: 'After an attempt that may have taken effect the order is looked up before any other',
      test: ['workflows/payin-creation.test.ts', 'after a reset that took effect'],
      breaks: [
        'workflows/payin/create-order.ts',
        'if (facts.doubt_since !== undefined) {',
        'if (facts.doubt_since === -1) {',
      ],
    },
    {
      rule: 'No create-order is sent while a look-up is unanswered',
      test: [
        'workflows/payin-in-doubt.test.ts',
        'in doubt, no second create-order is sent before a look-up was answered',
      ],
      breaks: [
        'workflows/payin/create-order.ts',
        "if (asked !== 'answered') return pause(run, SLOW_GAP, 'look up again, before any create-order');",
        '',
      ],
    },
    {
      rule: 'Whatever is not surely without effect may have had one (time-out, reset, 5xx, code 10, 12, unknown)',
      test: ['workflows/payin-creation.test.ts', 'after code 12 that took effect'],
      breaks: [
        'lesspay/answer.ts',
        "new Set(['credentials', 'rate_limited', 'refused', 'duplicate'])",
        "new Set(['credentials', 'rate_limited', 'refused', 'duplicate', 'unavailable'])",
      ],
    },
    {
      rule: "What is no JSON proves nothing of a create-order: a CDN's 404 page may stand in the place of any answer",
      test: ['lesspay/answer.test.ts', 'HTTP 404 and "<html>'],
      breaks: ['lesspay/answer.ts', ' && !isNotFromLesspay(form);', ';'],
    },
    {
      rule: 'A create-order never goes over a kept connection, which the other side may be closing',
      test: ['lesspay/transport.test.ts', 'what may take effect never goes over a kept connection'],
      breaks: ['lesspay/transport.ts', '{ agent: false })', '{})'],
    },
    {
      rule: 'What was never sent leaves no doubt: until TLS is agreed on, nothing is',
      test: ['lesspay/transport.test.ts', 'the request surely was never sent when the other side is silent'],
      breaks: ['lesspay/transport.ts', "isHttps ? 'secureConnect' : 'connect'", "'connect'"],
    },
    {
      rule: '`1201` after doubt is looked up and adopted',
      test: ['workflows/payin-creation.test.ts', 'a look-up that lags behind says "not found" first'],
      breaks: ['workflows/payin/create-order.ts', "if (kind === 'duplicate' && inDoubt)", "if (kind === 'aborted')"],
    },
    {
      rule: "`1201` without doubt is somebody else's order: flagged, 409, never reported as ours",
      test: ['workflows/payin.test.ts', "takes a request_id that Lesspay knows, and we don't"],
      breaks: ['workflows/payin/create-order.ts', "if (kind === 'duplicate' && inDoubt)", "if (kind === 'duplicate')"],
    },
    {
      rule: 'An order is adopted only if all that Lesspay echoes is what was sent',
      test: ['workflows/payin-creation.test.ts', 'a look-up that finds an order of another amount refuses it'],
      breaks: ['payin/seen-order.ts', "return other('amount');", 'return undefined;'],
    },
    {
      rule: 'A refusal after doubt proves nothing: the order is looked for to the end of the window',
      test: ['workflows/payin-creation.test.ts', 'code 11 after an attempt that took effect'],
      breaks: [
        'workflows/payin/create-order.ts',
        'if (inDoubt) run.facts.creation_over = true;',
        'if (inDoubt && run.facts.create_attempts === 0) run.facts.creation_over = true;',
      ],
    },
    {
      rule: "Attempts end with the order's lifetime; look-ups go on",
      test: ['workflows/payin-creation.test.ts', "Lesspay down for the order's whole lifetime"],
      breaks: [
        'workflows/payin/create-order.ts',
        'if (!facts.request || Date.now() >= facts.expires_at) await lifetimeOver(run);\n  else await attempt(run, facts.request);',
        'if (facts.request) await attempt(run, facts.request);',
      ],
    },
    {
      rule: 'A checkout page that is lost is told: a new request_id, and the old order stays watched',
      test: ['workflows/payin.test.ts', 'adopts the order, tells that its checkout page is lost'],
      breaks: [
        'payin/checkout.ts',
        "(status === 'CREATING' || (isPayable(status) && !creating)) && next_step === undefined",
        "status === 'CREATING' && next_step === undefined",
      ],
    },
    {
      rule: 'Bad credentials end nothing',
      test: [
        'workflows/payin-in-doubt.test.ts',
        'an order that surely was never made is REJECTED when its lifetime is over',
      ],
      breaks: [
        'workflows/payin/create-order.ts',
        "if (kind === 'refused' || kind === 'invalid_request') {",
        "if (kind === 'refused' || kind === 'invalid_request' || kind === 'credentials') {",
      ],
    },
  ],
  'Rule 4: start is idempotent': [
    {
      rule: 'One request_id, one workflow: it never starts again after its end',
      test: [
        'e2e/idempotent-start.test.ts',
        'refuses other content under the same request_id while it runs, and after the end',
      ],
      breaks: [
        'client/update-with-start.ts',
        "workflowIdReusePolicy: 'REJECT_DUPLICATE'",
        "workflowIdReusePolicy: 'ALLOW_DUPLICATE'",
      ],
    },
    {
      rule: 'Other content under the same request_id is refused, while it runs and after',
      test: ['e2e/idempotent-start.test.ts', 'refuses other content under the same request_id while it runs'],
      breaks: [
        'client/start-payin.ts',
        'if ((record.digest ?? digest) !== digest) return',
        'if (digest === undefined) return',
      ],
    },
    {
      rule: 'A pay-in refuses to run under an id that is not its own',
      test: ['workflows/payin-in-doubt.test.ts', 'a pay-in refuses to run under an id that is not its own'],
      breaks: [
        'workflows/payin.ts',
        'if (workflow_id !== payinWorkflowId(payin.request_id))',
        'if (workflow_id === "")',
      ],
    },
    {
      rule: 'A pay-in that Temporal has forgotten is answered from its record, and nothing is created again',
      test: ['e2e/recorded-start.test.ts', 'the same content after its end is answered from the record'],
      breaks: ['client/start-payin.ts', 'if (!run) return forgotten(client, record.state, digest);', ''],
    },
    {
      rule: 'A database that is down, however silently, keeps no pay-in from starting',
      test: [
        'e2e/recorded-start.test.ts',
        'with a database that takes connections and never answers a pay-in starts all the same',
      ],
      breaks: ['api/payins/recorded-payin.ts', "locals['records'] = whyNot(error);", 'throw error;'],
    },
  ],
  'Answers are true, and there': [
    {
      rule: 'A checkout page that can not be paid any more is in no answer',
      test: ['api/payin-answer.test.ts', 'POST /payins answers existing after its end: 200 without the page'],
      breaks: ['payin/view.ts', 'isPayable(status) && checkout_url !== undefined', 'checkout_url !== undefined'],
    },
    {
      rule: 'Nor in what a workflow tells',
      test: ['e2e/unasked-payin.test.ts', 'one that ended is told without its page'],
      breaks: ['payin/open-step.ts', 'isPayable(facts.payin.status) && !facts.unit_wrong', '!facts.unit_wrong'],
    },
    {
      rule: 'A pay-in whose run can not be asked is answered with the status that it has, not with the one that was told',
      test: ['e2e/unasked-payin.test.ts', 'paused, and of another status than the one that was told'],
      breaks: ['client/last-run.ts', 'const now = { ...payin, ...shown };', 'const now = { ...payin };'],
    },
    {
      rule: 'A POST that Temporal refuses is answered by what is known of the pay-in',
      test: ['e2e/unasked-payin.test.ts', 'paused while its order is being made: 202'],
      breaks: [
        'client/start-payin.ts',
        'if (isUnavailable(error) || !(await payinHasRun(client, request_id))) throw error;',
        'throw error;',
      ],
    },
    {
      rule: 'A record that lags behind its run is not taken for what the pay-in is now',
      test: ['e2e/recorded-start.test.ts', 'one that still runs is answered by its run, not by its record'],
      breaks: ['client/last-run.ts', 'return isWritten && agrees(recorded, run);', 'return isWritten;'],
    },
    {
      rule: 'Nor is one that is still being written',
      test: [
        'e2e/order-record.test.ts',
        'while the database can be read and not be written GET tells of an alert that the record lacks',
      ],
      breaks: ['client/last-run.ts', 'return isWritten && agrees(recorded, run);', 'return agrees(recorded, run);'],
    },
    {
      rule: 'All who ask about one pay-in at once share a question, asked after they came',
      test: ['e2e/unasked-payin.test.ts', 'twenty GETs at once of one that is busy ask it twice'],
      breaks: ['client/ask-state.ts', 'queries.next ??= queries.current', 'queries.next = queries.current'],
    },
    {
      rule: 'What can not be read is said to be so, and why',
      test: ['e2e/unasked-payin.test.ts', 'one that stays busy, and of which nothing is at hand'],
      breaks: [
        'client/read-payin.ts',
        'throw new PayinUnreadableError(request_id, (await lastRun(client, request_id)) ?? run, { cause: error });',
        'throw error;',
      ],
    },
  ],
  'Rule 5: our clock decides nothing about money': [
    {
      rule: 'The end of the watch is `UNRESOLVED`, in the open, never `FAILED`',
      test: ['workflows/payin.test.ts', 'polls for days, then says UNRESOLVED in the open'],
      breaks: [
        'payin/state.ts',
        "payin: { ...payin, status: 'UNRESOLVED' },",
        "payin: { ...payin, status: 'FAILED' },",
      ],
    },
    {
      rule: "Polling goes on past the order's lifetime",
      test: ['payin/poll-schedule.test.ts', 'never stands still, never leaves a gap over 6 hours'],
      breaks: ['payin/poll-schedule.ts', '  if (at < until) yield at;\n', '  if (at >= 0) return void (yield at);\n'],
    },
    {
      rule: 'A query window is never wider than 7 days, and old orders are found all the same',
      test: ['workflows/payin-resumed.test.ts', 'is found also when it is weeks old'],
      breaks: ['payin/answers.ts', 'return any_age ? queryAnchors(now - LOOK_BACK, now)', 'return any_age ? [now]'],
    },
    {
      rule: 'An order that Lesspay calls a duplicate, and no look-up shows, is searched for in all of the past',
      test: [
        'workflows/payin-in-doubt.test.ts',
        'an order that Lesspay calls a duplicate is found also when it is older',
      ],
      breaks: [
        'payin/answers.ts',
        'facts.past_searched = true;\n  facts.any_age = true;',
        'facts.past_searched = true;',
      ],
    },
  ],
  'Rule 6: no webhook is lost': [
    {
      rule: 'An outcome is told to who asks, although the database can be read and not be written',
      test: ['e2e/order-record.test.ts', 'GET tells the outcome that the workflow knows'],
      breaks: ['api/payins/find-payin.ts', 'record && isFinal(record) ? record', 'record ? record'],
    },
    {
      rule: 'A webhook for a pay-in that no longer runs starts a run that takes it',
      test: ['workflows/payin-resumed.test.ts', 'the next webhook goes on with the pay-in'],
      breaks: [
        'client/signal-payin.ts',
        'await client.withDeadline(Date.now() + RESUMED_FOR_MS / 2,',
        'if (!client) await client.withDeadline(Date.now() + RESUMED_FOR_MS / 2,',
      ],
    },
    {
      rule: 'A resumed run goes on from what the last one knew',
      test: ['workflows/payin-resumed.test.ts', 'an outcome that was known, and what was flagged, is still known'],
      breaks: ['client/signal-payin.ts', '...(previous_run_id === undefined ? {} : { previous_run_id })', ''],
    },
    {
      rule: 'A resumed run never creates',
      test: ['workflows/payin-resumed.test.ts', 'while it was creating: looked up, never created'],
      breaks: ['payin/resume.ts', 'const facts = { ...known, creation_over: true };', 'const facts = { ...known };'],
    },
    {
      rule: 'What comes while a resumed run loads is not lost',
      test: ['workflows/payin-resumed.test.ts', 'a webhook that came to a run while it loaded is not lost'],
      breaks: ['workflows/payin/run.ts', 'for (const act of this.inbox.splice(0)) act();', ''],
    },
    {
      rule: 'A resumed run stays for a moment, so that a message that saw no run finds it',
      test: ['workflows/payin-resumed.test.ts', 'stays for a moment, so that what comes next finds it'],
      breaks: [
        'workflows/payin.ts',
        "if (!('resume' in run.input) || rest <= 0) return false;",
        'if (rest !== 0) return false;',
      ],
    },
    {
      rule: 'A late duplicate that says nothing new costs no call to Lesspay',
      test: ['workflows/payin-resumed.test.ts', 'a late duplicate costs one short run and no call to Lesspay'],
      breaks: [
        'payin/claims.ts',
        'if (again && !mustAskAgain(facts, claim)) return false;',
        'if (again && !mustAskAgain(facts, claim)) return (askSoon(facts), false);',
      ],
    },
    {
      rule: 'An order that no pay-in made is adopted, flagged `unknown_order` and watched to its end',
      test: ['workflows/payin-resumed.test.ts', 'is adopted, flagged, and watched to its end'],
      breaks: ['payin/resume.ts', "raiseAlert(facts, { code: 'unknown_order', message }, now);", 'void message;'],
    },
    {
      rule: 'A webhook with a pay_order_id alone reaches a pay-in that only the order records know it of',
      test: ['api/webhook.test.ts', 'goes to the pay-in that the order records know it of'],
      breaks: ['api/webhook/deliver-webhook.ts', 'listed ?? (await recorded())', 'listed'],
    },
    {
      rule: 'What came of an order of no known pay-in is handed to the pay-in that is found, all of it',
      test: ['workflows/unmatched-order.test.ts', 'is handed to the pay-in that Lesspay names, all that came of it'],
      breaks: [
        'activities/unmatched-order.ts',
        'for (const webhook of webhooks) await',
        'for (const webhook of webhooks.slice(0, 1)) await',
      ],
    },
    {
      rule: 'Of an order of no known pay-in each refund of another amount is kept',
      test: ['workflows/unmatched-run.test.ts', 'keeps each refund of another amount or currency'],
      breaks: ['workflows/unmatched/run.ts', 'moneyInWords(one) === moneyInWords(other);', 'true;'],
    },
    {
      rule: 'Webhooks of such an order that found no room are a person’s to look at',
      test: ['workflows/unmatched-run.test.ts', 'has a person look where it could not keep all'],
      breaks: ['workflows/unmatched/run.ts', ' && (left_out === 0 || alert?.acknowledged)', ''],
    },
    {
      rule: 'An order that nobody knows is kept for a person, flagged `unmatched_order`',
      test: ['workflows/unmatched-order.test.ts', 'that nobody knows is kept for a person'],
      breaks: [
        'workflows/unmatched/run.ts',
        'if (this.facts.looks >= LOOKS_BEFORE_ALERT || this.facts.alert) this.flag(what, now);',
        '',
      ],
    },
    {
      rule: 'Who can not be asked whose order it is has not said that nobody knows it',
      test: ['workflows/find-claimant.test.ts', 'is asked again, and nobody said to be unknown, while'],
      breaks: [
        'activities/unmatched-order.ts',
        "if (answer.status === 'rejected') throw answer.reason;",
        'void answer;',
      ],
    },
    {
      rule: 'A flood of orders of no known pay-in takes neither the worker nor Lesspay from the pay-ins',
      test: ['workflows/find-claimant.test.ts', 'two look at once on a worker, others come back in a moment'],
      breaks: ['activities/unmatched-order.ts', 'if (running >= AT_ONCE) throw heldBack();', ''],
    },
    {
      rule: 'Of an order that nobody knew the merchant is told nothing until somebody has adopted it',
      test: ['workflows/payin-resumed.test.ts', 'is told to the merchant when somebody has adopted it'],
      breaks: ['payin/journal.ts', 'isTheMerchants(facts) ? [...facts.withheld', 'facts ? [...facts.withheld'],
    },
    {
      rule: 'Of what happened before that the merchant is told then, in order',
      test: ['workflows/payin-resumed.test.ts', 'is told to the merchant when somebody has adopted it'],
      breaks: ['payin/journal.ts', '[...facts.withheld, ...eventsFor', '[...eventsFor'],
    },
    {
      rule: 'Nor is the merchant told of it by a resend',
      test: ['workflows/notification.test.ts', 'of an order that nobody has adopted tells nothing'],
      breaks: ['activities/notification.ts', ' || (record.digest === undefined && !record.facts.adopted)', ''],
    },
  ],
  'Rule 7: amounts are decimal strings': [
    {
      rule: 'Amounts are compared as decimals: 0100.0 is 100.00',
      test: ['workflows/payin-statuses.test.ts', 'the same amount written in another way is no other amount'],
      breaks: ['payin/word.ts', '!sameDecimal(one, other);', 'one !== other;'],
    },
    {
      rule: 'An amount with leading zeros, which others may read as another, is refused and not sent',
      test: ['lesspay/schemas.test.ts', 'names target_amount in {"target_amount":"007.00"}'],
      breaks: ['lesspay/schemas.ts', '.regex(/^(?!0\\d)/,', '.regex(/^/,'],
    },
    {
      rule: 'JSON from Lesspay is parsed without losing digits',
      test: ['lesspay/query-answer.test.ts', 'keeps every digit of an amount'],
      breaks: [
        'lesspay/json.ts',
        'if (value instanceof JsonNumber) return value.text;',
        'if (value instanceof JsonNumber) return String(Number(value.text));',
      ],
    },
    {
      rule: 'A method in minor units is sent an integer: 10000 for 100.00, never 100.00 or 100',
      test: ['lesspay/order-terms.test.ts', 'a method in minor units sends 100.00 as 10000'],
      breaks: ['lesspay/order-terms.ts', "if (unit === 'major') return amount;", "if (unit !== 'none') return amount;"],
    },
    {
      rule: 'On the wire a local way takes no decimal text, which would be a hundredth',
      test: ['lesspay/schemas.test.ts', 'names target_amount in {"way_type":"BANK_TRANSFER"'],
      breaks: [
        'lesspay/schemas.ts',
        "if (isMinor !== (method?.amount === 'minor'))",
        "if (isMinor && method?.amount !== 'minor')",
      ],
    },
    {
      rule: 'On the wire no other way takes an integer, which would be 100 times as much',
      test: ['lesspay/schemas.test.ts', 'names target_amount in {"target_amount":100}'],
      breaks: [
        'lesspay/schemas.ts',
        "if (isMinor !== (method?.amount === 'minor'))",
        "if (!isMinor && method?.amount === 'minor')",
      ],
    },
    {
      rule: 'A method whose unit is documented in contradiction is refused by the API until a setting confirms it',
      test: ['api/payin-input.test.ts', 'bank_push_mxn is refused, and the answer says which one'],
      breaks: ['lesspay/methods.ts', 'minorUnits.includes(type)', 'minorUnits.includes(type) && secrets'],
    },
    {
      rule: 'And by the worker, whoever started the pay-in',
      test: ['workflows/payin-methods.test.ts', 'a worker whose settings do not confirm the unit'],
      breaks: ['activities/lesspay.ts', 'if (refusal !== undefined) throw', 'if (refusal === "") throw'],
    },
    {
      rule: 'Nobody is sent to pay an order that Lesspay took for 100 times the amount',
      test: ['workflows/payin-methods.test.ts', 'the unit of the amount 100 times: nobody is sent to pay'],
      breaks: ['payin/answers.ts', 'if (other_unit) facts.unit_wrong = true;', 'void [facts, other_unit];'],
    },
    {
      rule: 'Nor one that it took for a hundredth',
      test: ['workflows/payin-methods.test.ts', 'the unit of the amount a hundredth in the answer of create-order'],
      breaks: ['payin/amount-unit.ts', '[digits, -digits,', '[digits,'],
    },
    {
      rule: 'The payer of a method in minor units waits until query-order has shown the order',
      test: ['workflows/payin-methods.test.ts', 'the unit of the amount the payer waits until query-order'],
      breaks: ['payin/answers.ts', 'facts.unit_unproved = true;', 'facts.unit_unproved = false;'],
    },
    {
      rule: 'A webhook that states the amount in another unit is flagged at once',
      test: ['workflows/payin-methods.test.ts', 'the unit of the amount 100 times too much in a webhook'],
      breaks: ['payin/claims.ts', 'if (other_unit && !facts.taken', 'if (other_unit && facts.taken'],
    },
  ],
  'Rule 8: secrets and card data stay out': [
    {
      rule: 'No secret and no card in an error, though Lesspay repeats them all',
      test: ['lesspay/client.test.ts', 'shows no secret and no card in an error'],
      breaks: ['lesspay/client.ts', 'redactor([appId, secret, signature, ...hidden])', 'redactor([])'],
    },
    {
      rule: 'A request with a card number in any text is refused',
      test: ['api/payin-input.test.ts', 'description is named for {"description":"card 4242'],
      breaks: [
        'lesspay/card-number.ts',
        'numbersIn(spelling).some(isCardNumber)',
        'numbersIn(spelling).every(isCardNumber)',
      ],
    },
    {
      rule: "The secret of a card form's session is in no history, record, log or notification",
      test: ['workflows/payin-methods.test.ts', 'secrets of a session are in no history'],
      breaks: [
        'activities/lesspay.ts',
        'sealed: sealSession(session, request_id, keys)',
        "sealed: ['v1', JSON.stringify(session), request_id].join('.')",
      ],
    },
    {
      rule: 'Only the answer to the start of a pay-in has it',
      test: ['workflows/payin-methods.test.ts', 'secrets of a session are in no history'],
      breaks: ['payin/next-step.ts', "step.type === 'payment_session' ? { type: step.type } : step", 'step'],
    },
    {
      rule: 'The token of a stored card that a webhook states is in no history, record, log or notification',
      test: ['workflows/payin-methods.test.ts', 'is shown by its id and last four digits; its token is in no history'],
      breaks: [
        'client/stored-card.ts',
        'const sealed = seal(token, about(request_id), keys);',
        'const sealed = `${seal(token, about(request_id), keys)}${token}`;',
      ],
    },
    {
      rule: 'Without a key no token of a stored card is taken',
      test: ['api/webhook.test.ts', 'without the token of a stored card where there is no key'],
      breaks: [
        'client/stored-card.ts',
        'if (!key) return undefined;',
        'if (!key) return { id: token, sealed: token };',
      ],
    },
    {
      rule: 'No token is read from a member that the signature does not cover',
      test: ['lesspay/webhook-token.test.ts', 'where a v1 signature does not cover it'],
      breaks: ['lesspay/signature.ts', "  'channel_biz_data',\n", ''],
    },
    {
      rule: "The token of a card form's session is never taken for a stored card's",
      test: ['lesspay/webhook-token.test.ts', "is not read from a session's"],
      breaks: ['lesspay/webhook-token.ts', '&& !value.members.some(([name]) => OF_A_SESSION.test(name))', ''],
    },
    {
      rule: 'A card number is never taken for a token',
      test: ['lesspay/webhook-token.test.ts', 'is not read from a card number'],
      breaks: ['lesspay/webhook-token.ts', ' || hasCardData(token)', ''],
    },
    {
      rule: 'Of two different tokens none is taken',
      test: ['lesspay/webhook-token.test.ts', 'is not read from two different ones'],
      breaks: [
        'lesspay/webhook-token.ts',
        'return others.every((other) => other === value) ? value : undefined;',
        'return value;',
      ],
    },
    {
      rule: 'A stored card is offered only when the order is known to be paid',
      test: ['payin/stored-card.test.ts', 'once query-order has shown that the order is paid, and not before'],
      breaks: ['payin/journal.ts', " || payin.status !== 'SUCCEED') return;", ') return;'],
    },
    {
      rule: 'The token of a stored card is opened for its own pay-in alone',
      test: ['client/stored-card.test.ts', 'is not opened for another pay-in'],
      breaks: ['client/stored-card.ts', '`stored_card of ${request_id}`', "'stored_card'"],
    },
    {
      rule: 'A stored card can not be used after its pay-in was erased',
      test: ['workflows/payin-methods.test.ts', 'is gone when its pay-in is erased'],
      breaks: ['records/migrations.ts', ", 'sealed', 'stored_card', 'last_four')", ", 'sealed')"],
    },
    {
      rule: "A stored card's token is in no history, record, log or answer",
      test: ['workflows/payin-methods.test.ts', 'a card’s token is sent to Lesspay, and is in no history'],
      breaks: [
        'client/stored-method.ts',
        "if (method?.type !== 'card_token') return method;",
        'if (method) return method;',
      ],
    },
    {
      rule: 'A sealed secret that was copied into another pay-in is not opened',
      test: ['client/sealed.test.ts', 'is not opened with another pay-in'],
      breaks: [
        'client/payment-session.ts',
        '`payment_session of ${request_id}`',
        '`payment_session of ${request_id.slice(0, 0)}`',
      ],
    },
    {
      rule: 'The log of a refused webhook says what to do, and shows no secret, signature or body',
      test: ['api/request-log.test.ts', 'a secret rotated on one side only'],
      breaks: ['api/webhook/note-refusal.ts', 'claimed_request_id: claimedRequestId(req),', 'headers: req.headers,'],
    },
    {
      rule: 'With keys, the messages and stacks of failures are encrypted like all else that Temporal stores',
      test: ['codec/payload-codec.test.ts', 'hides the message, the stack and the details of a failure'],
      breaks: ['codec/failure-converter.ts', 'encodeCommonAttributes: true', 'encodeCommonAttributes: false'],
    },
    {
      rule: 'Each encrypted payload has a nonce of its own: with a nonce used twice, AES-GCM hides nothing',
      test: ['codec/payload-codec.test.ts', 'uses a fresh nonce for each payload'],
      breaks: [
        'codec/aes-gcm.ts',
        'const nonce = randomBytes(NONCE_BYTES);',
        'const nonce = Buffer.alloc(NONCE_BYTES);',
      ],
    },
    {
      rule: 'The id of the key is authenticated with the payload',
      test: ['codec/payload-codec.test.ts', 'refuses a payload whose key id was changed'],
      breaks: ['codec/payload-codec.ts', 'finish(), key, id)', 'finish(), key, "2026-05")'],
    },
    {
      rule: 'Production does not start unless payloads are encrypted, or encryption is refused by name',
      test: ['api/settings.test.ts', 'must be set in production, or refused by name'],
      breaks: [
        'settings.ts',
        '...(production ? {} : DEVELOPMENT)',
        '...(production ? { PAYLOAD_KEYS: NO_PAYLOAD_KEYS } : DEVELOPMENT)',
      ],
    },
    {
      rule: 'The codec server decrypts for nobody without a key',
      test: ['codec/codec-server.test.ts', 'refuses everyone without a key'],
      breaks: ['api/codec/app.ts', '[required, read, convert(how)]', '[read, convert(how)]'],
    },
    {
      rule: 'No page but the Temporal UI reads what the codec server decrypts for a person who has signed in',
      test: ['codec/codec-server.test.ts', 'lets a person sign in with a browser'],
      breaks: ['api/codec/cross-origin.ts', '&& origins.includes(origin)', ''],
    },
  ],
  "Rule 9: operators can't harm a pay-in": [
    {
      rule: '*Cancel* stops the polls and loses nothing',
      test: ['workflows/payin.test.ts', 'Cancel in the UI stops the polls and loses nothing'],
      breaks: [
        'workflows/payin.ts',
        'return CancellationScope.nonCancellable(async () => {',
        'return CancellationScope.cancellable(async () => {',
      ],
    },
    {
      rule: 'After *Terminate* the same POST goes on with the pay-in',
      test: ['e2e/idempotent-start.test.ts', 'goes on with a terminated pay-in'],
      breaks: ['client/start-payin.ts', 'if (endedEarly(run)) await wake(client, request_id);', ''],
    },
    {
      rule: 'A run that went on from one that *Reset* made does not take a refusal as proof either',
      test: ['e2e/resumed.test.ts', 'nor does one in a run that went on, with a fresh history'],
      breaks: [
        'activities/run-was-reset.ts',
        'run = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined;',
        'run = undefined;',
      ],
    },
    {
      rule: 'After *Reset* nothing is created twice',
      test: ['e2e/resumed.test.ts', 'to before create-order, nothing is created twice'],
      breaks: ['activities/run-was-reset.ts', 'const RESET_WORKFLOW = 20;', 'const RESET_WORKFLOW = 99;'],
    },
    {
      rule: 'What a run knew that was terminated because its tasks fail is not taken for nothing',
      test: ['e2e/stopped-run.test.ts', 'a run that fails its tasks is terminated and woken'],
      breaks: ['activities/payin.ts', '/task in failed state/i', '/never/'],
    },
    {
      rule: 'What came to a resumed run is not lost when that run is terminated before it knows what it is about',
      test: ['e2e/order-record.test.ts', 'disputes that came while it waited are not lost'],
      breaks: [
        'activities/payin.ts',
        'missed: [...(before?.missed ?? []), ...webhooks],',
        'missed: [...(before?.missed ?? []), ...webhooks].slice(0, 0),',
      ],
    },
    {
      rule: 'An operator who ends the wait for what is known of a pay-in loses nothing that came to it',
      test: ['e2e/order-record.test.ts', 'an operator who ends the wait for its record loses nothing'],
      breaks: [
        'workflows/loop/quick-then-durable.ts',
        'if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;',
        'throw error;',
      ],
    },
    {
      rule: "An operator's decision never overrides Lesspay's word in silence",
      test: ['workflows/payin-operator.test.ts', "never overrides Lesspay's word"],
      breaks: ['payin/state.ts', "if (status === 'PAID' || status === 'UNRESOLVED')", "if (status !== 'SUCCEED')"],
    },
    {
      rule: "An operator's note has a length, and says nothing that is not understood",
      test: ['workflows/payin-operator.test.ts', 'that is too long, or says more than it may'],
      breaks: ['payin/operator-note.ts', ' && text.length <= most) return undefined;', ') return undefined;'],
    },
    {
      rule: 'Of many pay-ins that are dealt with at once, one that fails keeps none of the others from it',
      test: ['scripts/each-payin.test.ts', 'does it to each, so many at a time'],
      breaks: [
        'scripts/each-payin.ts',
        'failed.push({ request_id: payin.request_id, why: inWords(error) });',
        'throw error;',
      ],
    },
    {
      rule: 'No amount takes a pay-in off the lists',
      test: ['workflows/search-attributes.test.ts', 'an amount of 999999999999999.99'],
      breaks: ['workflows/search-attributes.ts', 'Math.abs(number) < TOO_LARGE ? number : undefined', 'number'],
    },
    {
      rule: 'No deadline of a dispute takes a pay-in off the lists',
      test: ['workflows/search-attributes.test.ts', 'a time of "0000-01-01'],
      breaks: ['workflows/search-attributes.ts', 'YEARS.test(text) && ', 'YEARS.test(text) || '],
    },
    {
      rule: 'The dispute that is to be answered soonest comes first',
      test: ['payin/alerts.test.ts', 'a dispute that is to be answered soonest'],
      breaks: ['payin/alerts.ts', 'deadline(one) - deadline(other)', 'deadline(other) - deadline(one)'],
    },
    {
      rule: 'Two days before a dispute must be answered the merchant is told again, also months after the pay-in ended',
      test: ['workflows/payin-reminders.test.ts', 'a dispute that comes months after the end is told again'],
      breaks: ['payin/reminders.ts', 'return due > at ? due : undefined;', 'return undefined;'],
    },
    {
      rule: 'Nobody is reminded of a dispute that a person has dealt with',
      test: ['workflows/payin-reminders.test.ts', 'nobody is reminded of a dispute that was dealt with'],
      breaks: ['payin/reminders.ts', ' || !isOpenAlert(alert)', ''],
    },
    {
      rule: 'That Lesspay is down is said once for all pay-ins',
      test: ['worker/lesspay-reach.test.ts', 'says once for all pay-ins'],
      breaks: ['worker/lesspay-reach.ts', 'OUT_OF_REACH.has(error.kind)', 'false'],
    },
    {
      rule: 'Every operator action says who and why, and is kept',
      test: ['workflows/payin-operator.test.ts', 'resolve wants to know who and why'],
      breaks: ['workflows/payin/listen.ts', '      refuseBadNote(note, optional);\n', ''],
    },
  ],
  "The merchant's records": [
    {
      rule: 'However late or repeated a write is, it moves no record back',
      test: ['records/fence.test.ts', 'however two writers lose, repeat and mix up their writes'],
      breaks: [
        'records/record.ts',
        'and ${payins.last_event} <= ${recorded} and ${payins.last_event} < excluded.last_event',
        '',
      ],
    },
    {
      rule: 'A run that does not know what is recorded already writes over nothing',
      test: ['records/fence.test.ts', 'was reset, and went another way for longer'],
      breaks: ['records/record.ts', 'and ${payins.last_event} <= ${recorded} and', 'and'],
    },
    {
      rule: 'A pay-in of another beginning writes over nothing',
      test: ['records/fence.test.ts', 'took the order for one that nobody knew'],
      breaks: ['records/record.ts', '${payins.created_at} = excluded.created_at and', ''],
    },
    {
      rule: 'No pay-in waits for the database to come to its outcome',
      test: ['e2e/order-record.test.ts', 'a pay-in comes to its outcome, says that it is not recorded'],
      breaks: [
        'workflows/payin.ts',
        'await publish(run);\n      run.actOnUpdates();',
        'await publish(run);\n      await waitUntil(run, () => isPublished(run));\n      run.actOnUpdates();',
      ],
    },
    {
      rule: 'A run ends only when all of it is recorded',
      test: ['e2e/order-record.test.ts', 'a pay-in comes to its outcome, says that it is not recorded'],
      breaks: ['workflows/payin.ts', 'allHandlersFinished() && isPublished(run);', 'allHandlersFinished();'],
    },
    {
      rule: "Past the end of Temporal's retention a pay-in goes on from its record",
      test: ['e2e/order-record.test.ts', 'past the end of its retention it goes on from its record'],
      breaks: [
        'activities/payin.ts',
        "if (record.status === 'fulfilled') return newer(record.value, last.value);",
        "if (record.status === 'fulfilled') return last.value;",
      ],
    },
    {
      rule: 'While the records are down, what Temporal has forgotten is waited for, not taken for unknown',
      test: ['e2e/order-record.test.ts', 'past the end of its retention it waits for its record'],
      breaks: [
        'activities/payin.ts',
        'if (!last.value?.facts && !last.value?.input) return newer(await finding, last.value);',
        '',
      ],
    },
    {
      rule: 'A database that is down, however silently, keeps no refund from the run that goes on with it',
      test: ['e2e/order-record.test.ts', 'one that does not answer holds up no refund'],
      breaks: ['activities/payin.ts', 'withTimeout(RECORD_TIMEOUT_MS, finding),', 'finding,'],
    },
    {
      rule: 'A run that was reset goes on from its record, and tells nothing twice',
      test: ['e2e/order-record.test.ts', 'reset to its beginning, it goes on from its record'],
      breaks: [
        'workflows/payin/publish.ts',
        'return run.overtaken(ahead.facts, ahead.last_event, Date.now());',
        "return markPublished(run.facts, 'recorded', last_event);",
      ],
    },
    {
      rule: "An order that a forgotten run made is not taken for somebody else's, once its record tells",
      test: ['e2e/order-record.test.ts', 'started again where it was forgotten'],
      breaks: [
        'workflows/payin/publish.ts',
        'return run.overtaken(ahead.facts, ahead.last_event, Date.now());',
        "return markPublished(run.facts, 'recorded', last_event);",
      ],
    },
    {
      rule: 'A trace holds codes of errors, and no message, in which a text of the merchant or of Lesspay may stand',
      test: ['traces/traces.test.ts', 'a span that failed holds the code of its error, and no message'],
      breaks: [
        'traces/open-telemetry.ts',
        'span.setStatus({ code: SpanStatusCode.ERROR });',
        'span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });',
      ],
    },
  ],
  'The workflow: long life': [
    {
      rule: 'History is bounded under ten thousand webhooks for one order',
      test: ['e2e/webhook-flood.test.ts', 'while a worker runs'],
      breaks: ['workflows/payin.ts', 'if (historyIsLong() && !run.finished) await continueWithFreshHistory(run);', ''],
    },
    {
      rule: 'A pay-in whose first task is done anew keeps its time of creation, and does not write its record without end',
      test: [
        'e2e/record-of-another-time.test.ts',
        'a pay-in whose first workflow task is done anew keeps its time of creation',
      ],
      breaks: ['workflows/payin/run.ts', 'startTime.getTime()', 'now'],
    },
    {
      rule: 'A Lesspay that is down keeps no run from going on in a fresh one',
      test: ['e2e/long-life.test.ts', 'goes on in a fresh run also while Lesspay has not answered for long'],
      breaks: [
        'workflows/payin/ask-lesspay.ts',
        'const isOver = () => activity.ended || historyIsLong();',
        'const isOver = () => activity.ended;',
      ],
    },
    {
      rule: 'A task whose history may not say in which order things came is repeated from the history',
      test: ['e2e/open-local-call.test.ts', 'the task is repeated, and the run replays, if then comes'],
      breaks: [
        'workflows/loop/local-call.ts',
        'if (isLater && !isAlone && !this.beganReplaying && !isReplaying())',
        'if (this.looks < 0)',
      ],
    },
    {
      rule: 'Changed workflow code must replay what is running',
      test: ['e2e/history.test.ts', 'waiting-for-webhook replays with the code of today'],
      breaks: [
        'workflows/payin/create-order.ts',
        '  facts.create_attempts += 1;\n',
        '  await condition(() => false, 1);\n  facts.create_attempts += 1;\n',
      ],
    },
  ],
  'Reconciliation: what everything else missed': [
    {
      rule: "Another shop's orders are left aside and counted, unless we know one of their ids",
      test: ['workflows/another-shop.test.ts', "the reconciliation leaves another shop's orders aside"],
      breaks: [
        'reconciliation/check-orders.ts',
        'if (records.length === 0 && (await isAnotherShops(ids)))',
        'if (records.length === 0 && !ids)',
      ],
    },
    {
      rule: 'The reconciliation has a pay-in that missed something ask Lesspay',
      test: ['workflows/reconciliation.test.ts', 'a payment whose webhook was lost is found'],
      breaks: [
        'reconciliation/check-orders.ts',
        "found.filter(({ remedy }) => remedy === 'wake')",
        'found.filter(() => false)',
      ],
    },
    {
      rule: 'The reconciliation believes a contradiction only after asking by id',
      test: ['workflows/reconciliation.test.ts', 'a row that lags behind what Lesspay says by id'],
      breaks: [
        'reconciliation/check-orders.ts',
        "typeof again === 'string' ? order : again",
        "typeof again === 'string' ? order : order",
      ],
    },
    {
      rule: 'An order that the list leaves out is asked for by its id before the reconciliation calls it missing',
      test: ['workflows/reconciliation.test.ts', 'an order that the list leaves out, and Lesspay finds'],
      breaks: [
        'reconciliation/check-orders.ts',
        "if (order !== 'not_found') return",
        "if (order === 'not_found') return",
      ],
    },
    {
      rule: 'What a person has acknowledged is not flagged again by each reconciliation',
      test: ['workflows/reconciliation.test.ts', 'another amount is reported, and flagged by the pay-in: once'],
      breaks: ['reconciliation/compare-order.ts', "if (last.length === 0) return 'wake';", "return 'wake';"],
    },
    {
      rule: 'A pay-in that runs is not woken by each reconciliation for an order that Lesspay does not find',
      test: ['workflows/reconciliation.test.ts', 'an order that Lesspay does not find wakes its pay-in no more'],
      breaks: ['reconciliation/check-orders.ts', "if (todo === 'watch' &&", "if (todo === 'report' &&"],
    },
    {
      rule: 'What a reconciliation finds and no pay-in flags is flagged by the run that found it',
      test: ['workflows/reconciliation.test.ts', 'a payment that Lesspay knows nothing of is flagged'],
      breaks: ['workflows/reconciliation/end.ts', 'if (unflagged(result) > 0)', 'if (unflagged(result) < 0)'],
    },
    {
      rule: 'A reconciliation that was not done fails',
      test: ['workflows/reconciliation-trouble.test.ts', 'while Lesspay stays down it gives up in time'],
      breaks: ['workflows/reconciliation.ts', 'if (failure) throw failure;', 'void failure;'],
    },
    {
      rule: 'A reconciliation that waits its turn for hours keeps its history short',
      test: ['workflows/reconciliation-turns.test.ts', 'asks less and less often whether it is its turn'],
      breaks: ['workflows/scheduled-reconciliation.ts', 'if (historyIsLong())', 'if (false)'],
    },
    {
      rule: 'A date that does not exist, or is written otherwise than documented, starts no reconciliation of another range',
      test: ['payin/rfc3339.test.ts', 'an instant that a person wrote "2026-02-30" is none'],
      breaks: ['payin/rfc3339.ts', ' || !dayExists', ''],
    },
    {
      rule: "A row of Lesspay's list that can't be read is reported, never dropped",
      test: ['lesspay/list-answer.test.ts', 'a row with no status is not dropped'],
      breaks: ['lesspay/list-answer.ts', '.map(listedRow)', '.map(listedRow).filter(({ readable }) => readable)'],
    },
    {
      rule: 'A short page of the list is not taken for the last one',
      test: ['reconciliation/page-end.test.ts', 'every order is read, and it ends'],
      breaks: [
        'reconciliation/page-end.ts',
        'rows < page_size && total !== undefined && read >= total',
        'rows < page_size',
      ],
    },
    {
      rule: 'A list whose pages repeat for ever comes to an end',
      test: ['reconciliation/page-end.test.ts', 'every order is read, and it ends'],
      breaks: ['reconciliation/page-end.ts', 'if (fresh === 0) return', 'if (fresh === -1) return'],
    },
    {
      rule: 'A reconciliation goes on from the page it was at when its worker went',
      test: ['workflows/reconciliation-trouble.test.ts', 'goes on where it was when its worker goes'],
      breaks: ['activities/reconciliation.ts', 'isProgress(details) ? details : START', 'START'],
    },
    {
      rule: 'There are never two reconciliations at once: one by hand is refused',
      test: ['workflows/reconciliation-trouble.test.ts', 'a second one by hand is not started'],
      breaks: ['client/reconcile.ts', "workflowIdConflictPolicy: 'FAIL'", "workflowIdConflictPolicy: 'USE_EXISTING'"],
    },
    {
      rule: 'There are never two reconciliations at once: a scheduled one waits its turn',
      test: ['workflows/reconciliation-trouble.test.ts', 'a scheduled one waits its turn'],
      breaks: [
        'workflows/scheduled-reconciliation.ts',
        'workflowId: reconciliationId(taskQueue),',
        'workflowId: `${reconciliationId(taskQueue)}-${runId}`,',
      ],
    },
    {
      rule: 'A schedule of the reconciliation that somebody paused stays paused',
      test: ['workflows/reconciliation-trouble.test.ts', 'are made once, brought up to date, and stay paused'],
      breaks: ['client/reconciliation-schedules.ts', 'state: { paused, ...', 'state: { paused: false, ...'],
    },
  ],
  'Notifications: the merchant hears of everything, or a person hears why not': [
    {
      rule: 'An event that an endpoint did not take from the pay-in itself goes to a workflow that tries on: none is lost',
      test: ['e2e/notification-at-once.test.ts', 'after an event that was not taken'],
      breaks: [
        'activities/publish.ts',
        'return { endpoint, taken, tried: tried(event.number, error) };',
        'return undefined;',
      ],
    },
    {
      rule: 'From then on all events of the pay-in go that way: none overtakes one that was not taken yet',
      test: ['e2e/notification-at-once.test.ts', 'after an event that was not taken'],
      breaks: ['activities/publish.ts', 'if (handed_over.includes(endpoint)) return { endpoint, taken: 0 };', ''],
    },
    {
      rule: 'An event whose answer came too late, or was lost, is sent again under its id',
      test: ['e2e/notification-at-once.test.ts', 'one of two endpoints that takes too long'],
      breaks: ['activities/publish.ts', 'let taken = 0;', 'let taken = events[0]?.number ?? 0;'],
    },
    {
      rule: 'Where nothing fails, nothing is sent twice, also after a *Reset*: the order record says what was sent',
      test: ['e2e/order-record.test.ts', 'reset to its beginning, it goes on from its record'],
      breaks: [
        'activities/publish.ts',
        'if (behind.length === 0 && merchant.names.length > 0) await note(batch, []);',
        '',
      ],
    },
    {
      rule: 'A backend that was notified of an outcome, and repeats its POST at once, gets no page to pay on',
      test: ['e2e/notification-at-once.test.ts', 'while an endpoint takes its time, a repeated POST'],
      breaks: [
        'client/start-payin.ts',
        'recorded ? isOutcome(recorded.status) : Boolean',
        'recorded ? false : Boolean',
      ],
    },
    {
      rule: 'While events are sent again, newer ones wait behind them',
      test: ['e2e/notification-at-once.test.ts', 'while events are sent again'],
      breaks: ['client/signal-notification.ts', "if (name === 'resend') await askPayinToHandOver(client, key);", ''],
    },
    {
      rule: 'An endpoint that does not answer delays few pay-ins, and then none: it is not called for a while',
      test: ['merchant/publish.test.ts', 'calls an endpoint that does not answer no more for a while'],
      breaks: ['activities/publish.ts', '{ quick: true, timeoutMs,', '{ quick: false, timeoutMs,'],
    },
    {
      rule: 'Nor does one that is slow',
      test: [
        'merchant/publish.test.ts',
        'calls an endpoint that took its last notification slowly no more for a while',
      ],
      breaks: ['merchant/endpoint-load.ts', 'tookMs > SLOW_MS', 'tookMs > Infinity'],
    },
    {
      rule: 'An event that an endpoint refuses, beside others that it takes, is flagged within minutes',
      test: ['workflows/notification.test.ts', 'is flagged within minutes, and leaving it out'],
      breaks: [
        'activities/notification.ts',
        'attempt >= MAX_REFUSED_ATTEMPTS && !flagged',
        'attempt > 1_000 && !flagged',
      ],
    },
    {
      rule: 'Only the first event that is undelivered can be left out: no command that comes late costs another one',
      test: ['workflows/notification.test.ts', 'is flagged within minutes, and leaving it out'],
      breaks: ['workflows/notification/run.ts', 'if (number !== first)', 'if (number === -1)'],
    },
    {
      rule: 'What a backend installs refuses a notification that no secret of its endpoint has signed',
      test: ['notifications/verify-notification.test.ts', 'refuses another secret'],
      breaks: [
        'notifications/verify-notification.ts',
        'if (!problems.includes(undefined))',
        'if (problems.length === 0)',
      ],
    },
    {
      rule: 'Another event has another `webhook-id`, also under a number that comes again after a restore from a backup',
      test: ['merchant/deliver.test.ts', 'another event has another id, also under the same number'],
      breaks: ['merchant/notification-body.ts', '_${event.number}_${contentOf(event)}`', '_${event.number}`'],
    },
    {
      rule: '`410 Gone` ends trying at once, and a person hears of it',
      test: ['workflows/notification.test.ts', '410 Gone ends trying at once'],
      breaks: ['activities/notification.ts', "code === 'gone' || (isLasting", '(isLasting'],
    },
    {
      rule: '`Retry-After` is heeded, by whichever worker',
      test: ['merchant/held-back.test.ts', 'is not called before the time it asked for'],
      breaks: ['activities/notification.ts', 'if (retryAfterMs <= 0) return;', 'if (retryAfterMs < Infinity) return;'],
    },
    {
      rule: '*Cancel*, however often, costs no notification',
      test: ['workflows/notification.test.ts', 'Cancel, and Cancel again, loses nothing'],
      breaks: [
        'workflows/notification.ts',
        'return CancellationScope.nonCancellable(() => loop(run));',
        'return CancellationScope.cancellable(() => loop(run));',
      ],
    },
  ],
  'The embedded database': [
    {
      rule: 'A first start that is killed, at whatever moment, leaves a folder that opens',
      test: ['records/embedded.test.ts', 'a first start that is killed, at whatever moment'],
      breaks: ['records/whole-folder.ts', 'if (readdirSync(this.rootDir).length === 0) await make(this.rootDir);', ''],
    },
  ],
};
