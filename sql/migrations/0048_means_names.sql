set local citus.multi_shard_modify_mode to 'sequential';
set local citus.create_object_propagation to 'immediate';

-- What the till's checks call a means of payment; the counter's own words are the same.
create function means_name(means text)
returns text
language sql
immutable
parallel safe
as $$
    select case means
        when 'cash' then '现金'
        when 'wechat' then '微信'
        when 'alipay' then '支付宝'
        when 'card' then '刷卡'
        when 'charity' then '慈善'
        when 'points' then '积分'
        else means
    end
$$;

comment on function means_name(text) is 'the Chinese name of a means of payment, for the sentences of checks';
