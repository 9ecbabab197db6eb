/**
 * A step in the history of the schema. Never change a released migration: add a new one. The release before must still work
 * with the new schema, because both releases run at the same time during a deployment.
 */
export interface Migration {
  /** Unique. Never changes. */
  readonly name: string;
  /** All statements of all missing migrations run in one transaction. */
  readonly statements: readonly string[];
}

/** Oldest first. */
export const MIGRATIONS: readonly Migration[] = [
  {
    name: '0001-payins',
    statements: [
      // "C" sorts ids by their bytes: the same on every machine, also after an upgrade of its locale data.
      `create table payins (
        request_id text collate "C" primary key,
        pay_order_id text,
        amount numeric,
        currency text,
        status text not null,
        created_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        outcome_at timestamptz(3),
        needs_attention boolean not null,
        alerts jsonb not null,
        metadata jsonb not null,
        checkout_url text,
        workflow_id text not null,
        digest text,
        facts jsonb not null,
        last_event integer not null check (last_event > 0),
        updated_at timestamptz(3) not null default now(),
        erased_at timestamptz(3),
        outcome_lag text generated always as (
          case
            when outcome_at < created_at then 'early'
            when outcome_at - created_at > interval '24 hours' then 'late'
            when outcome_at is not null then 'prompt'
          end
        ) stored
      )`,
      // For every filter there is an index in the sort order of the pages. `outcome_lag`: see `list.ts`.
      `create index payins_created on payins (created_at, request_id)`,
      `create index payins_status on payins (status, created_at, request_id)`,
      `create index payins_currency on payins (currency, created_at, request_id)`,
      `create index payins_status_currency on payins (status, currency, created_at, request_id)`,
      `create index payins_attention on payins (created_at, request_id) where needs_attention`,
      `create index payins_outcome on payins (outcome_at)`,
      `create index payins_outcome_lag on payins (outcome_lag, created_at, request_id) where outcome_lag <> 'prompt'`,
      `create index payins_pay_order on payins (pay_order_id)`,

      `create table payin_events (
        request_id text collate "C" not null references payins,
        number integer not null check (number > 0),
        at timestamptz(3) not null,
        kind text not null,
        source text not null,
        data jsonb not null,
        primary key (request_id, number)
      )`,
    ],
  },
  {
    name: '0002-erasing',
    statements: [
      // A JSON value without the members that may be personal data, at any depth.
      `create function payin_erased(value jsonb) returns jsonb
      language sql immutable strict set search_path from current as $$
        select case jsonb_typeof(value)
          when 'object' then (
            select coalesce(jsonb_object_agg(name, case
              when name = 'metadata' then '{}'
              when name in ('product_name', 'description', 'success_url', 'fail_url') then '"[erased]"'
              else payin_erased(member)
            end), '{}')
            from jsonb_each(value) as members (name, member)
            where name <> 'checkout_url'
          )
          when 'array' then (
            select coalesce(jsonb_agg(payin_erased(item) order by position), '[]')
            from jsonb_array_elements(value) with ordinality as items (item, position)
          )
          else value
        end
      $$`,

      // An erased pay-in stays erased, also when its workflow writes again.
      `create function erase_payin() returns trigger
      language plpgsql set search_path from current as $$
        begin
          new.metadata := '{}';
          new.checkout_url := null;
          new.facts := payin_erased(new.facts);
          return new;
        end
      $$`,
      `create trigger payins_erased before update on payins
      for each row when (new.erased_at is not null) execute function erase_payin()`,
      `create function erase_payin_event() returns trigger
      language plpgsql set search_path from current as $$
        begin
          if exists (select from payins where request_id = new.request_id and erased_at is not null) then
            new.data := payin_erased(new.data);
          end if;
          return new;
        end
      $$`,
      `create trigger payin_events_erased before insert on payin_events
      for each row execute function erase_payin_event()`,

      // Events are never changed or deleted. The only update that passes is the one that erases personal data.
      `create function keep_payin_events() returns trigger
      language plpgsql set search_path from current as $$
        begin
          if tg_op = 'UPDATE' then
            if (new.request_id, new.number, new.at, new.kind, new.source, new.data)
              = (old.request_id, old.number, old.at, old.kind, old.source, payin_erased(old.data)) then
              return new;
            end if;
          end if;
          raise exception 'payin_events is append-only' using errcode = 'restrict_violation';
        end
      $$`,
      `create trigger payin_events_kept before update or delete on payin_events
      for each row execute function keep_payin_events()`,
      `create trigger payin_events_not_truncated before truncate on payin_events
      for each statement execute function keep_payin_events()`,
    ],
  },
  {
    name: '0003-reconciliations',
    statements: [
      `create table reconciliations (
        report_id text collate "C" primary key,
        started_by text not null,
        range_from timestamptz(3) not null,
        range_to timestamptz(3) not null,
        started_at timestamptz(3) not null,
        finished_at timestamptz(3),
        outcome text,
        notes jsonb not null default '[]',
        counts jsonb
      )`,
      `create index reconciliations_started on reconciliations (started_at, report_id)`,

      `create table reconciliation_differences (
        report_id text collate "C" not null references reconciliations on delete cascade,
        order_key text collate "C" not null,
        kind text not null,
        request_id text,
        pay_order_id text,
        ours jsonb,
        theirs jsonb,
        action text not null,
        result text not null,
        last_event integer,
        primary key (report_id, order_key, kind)
      )`,

      // The orders that a running reconciliation has read, so that it can go on after a crash. Deleted at its end.
      `create table reconciliation_seen (
        report_id text collate "C" not null references reconciliations on delete cascade,
        part integer not null,
        order_key text collate "C" not null,
        page integer not null,
        request_id text collate "C",
        pay_order_id text collate "C",
        primary key (report_id, part, order_key)
      )`,
      `create index reconciliation_seen_request on reconciliation_seen (report_id, request_id)`,
      `create index reconciliation_seen_pay_order on reconciliation_seen (report_id, pay_order_id)`,
    ],
  },
  {
    name: '0004-erasing-methods',
    statements: [
      // As before, and without what the payer was shown, and without the payer's data of a payment method.
      `create or replace function payin_erased(value jsonb) returns jsonb
      language sql immutable strict set search_path from current as $$
        select case jsonb_typeof(value)
          when 'object' then (
            select coalesce(jsonb_object_agg(name, case
              when name in ('metadata', 'customer') then '{}'
              when name in ('product_name', 'description', 'success_url', 'fail_url') then '"[erased]"'
              else payin_erased(member)
            end), '{}')
            from jsonb_each(value) as members (name, member)
            where name not in ('checkout_url', 'next_step', 'sealed')
          )
          when 'array' then (
            select coalesce(jsonb_agg(payin_erased(item) order by position), '[]')
            from jsonb_array_elements(value) with ordinality as items (item, position)
          )
          else value
        end
      $$`,
    ],
  },
  {
    name: '0005-stored-cards',
    statements: [
      `create index if not exists payins_stored_card on payins ((facts #>> '{stored_card,id}'))
        where facts #>> '{stored_card,id}' is not null`,
      // As before, and without the card that Lesspay has stored.
      `create or replace function payin_erased(value jsonb) returns jsonb
      language sql immutable strict set search_path from current as $$
        select case jsonb_typeof(value)
          when 'object' then (
            select coalesce(jsonb_object_agg(name, case
              when name in ('metadata', 'customer') then '{}'
              when name in ('product_name', 'description', 'success_url', 'fail_url') then '"[erased]"'
              else payin_erased(member)
            end), '{}')
            from jsonb_each(value) as members (name, member)
            where name not in ('checkout_url', 'next_step', 'sealed', 'stored_card', 'last_four')
          )
          when 'array' then (
            select coalesce(jsonb_agg(payin_erased(item) order by position), '[]')
            from jsonb_array_elements(value) with ordinality as items (item, position)
          )
          else value
        end
      $$`,
    ],
  },
];
