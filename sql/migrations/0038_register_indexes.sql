set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Serves the counter: who lives near a canteen, and of them whose initials or name begin so.
create index diner_records_by_residence on diner_records (
    residence_region, initials text_pattern_ops, name text_pattern_ops
);

-- Each serves the terminals' snapshot and reconciliation: what the register learned lately.
create index entitlements_by_recording on entitlements using brin (recorded_at)
    with (autosummarize = on);
create index entitlement_steps_by_recording on entitlement_steps using brin (taken_at)
    with (autosummarize = on);
create index diner_statuses_by_recording on diner_statuses using brin (recorded_at)
    with (autosummarize = on);
create index cards_by_recording on cards using brin (issued_at)
    with (autosummarize = on);
create index card_events_by_recording on card_events using brin (recorded_at)
    with (autosummarize = on);
alter index diner_records_by_recording set (autosummarize = on);
