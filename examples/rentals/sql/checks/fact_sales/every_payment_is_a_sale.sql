-- The payments and their sum are those of the shop.
-- severity: error
select
    shop.payments,
    shop.amount as paid,
    sales.payments as sales,
    sales.amount as revenue
from (
    select
        count(*) as payments,
        coalesce(sum(amount), 0) as amount
    from staging_payment
) as shop
cross join (
    select
        count(*) as payments,
        coalesce(sum(amount), 0) as amount
    from fact_sales
) as sales
where shop.payments <> sales.payments or shop.amount <> sales.amount;

-- metrics
select
    count(*) as sales,
    sum(amount) as revenue
from fact_sales;
