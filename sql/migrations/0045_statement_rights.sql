set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- Who takes a statement to its next step.
alter table staff_rights
    drop constraint staff_rights_right_is_known,
    add constraint staff_rights_right_is_known check (
        right_name in (
            'export_full_numbers', 'close_statements', 'submit_statements', 'approve_statements',
            'pay_statements'
        )
    );
