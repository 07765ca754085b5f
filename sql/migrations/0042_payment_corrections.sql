set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- 更正与退回: money that a source gets back is a payment below zero, with a reason. One that was entered
-- wrongly is taken back by a counter-entry that names it; the same voucher may be entered again then.
alter table statement_payments
    add column reason text not null default '',
    -- the payment that it takes back; 0 for one of its own
    add column corrects_no integer not null default 0,
    -- how often the voucher was taken back before
    add column round_no integer not null default 0,
    drop constraint statement_payments_move_something,
    drop constraint statement_payments_voucher_once,
    add constraint statement_payments_move_something check (fen <> 0),
    add constraint statement_payments_back_has_a_reason
        check ((fen > 0 and corrects_no = 0) or reason <> ''),
    add constraint statement_payments_voucher_once
        unique (statement_no, source, voucher, corrects_no, round_no);

-- Serves the correction of a payment, which is corrected once.
create unique index statement_payments_corrected_once
on statement_payments (statement_no, corrects_no)
where corrects_no > 0;
