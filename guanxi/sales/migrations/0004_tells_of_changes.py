"""Orders tell which of them have changed, to whoever reads them bit by bit."""

from django.db import migrations

# A kind that nobody reads yet costs nothing but the look into a table of a few rows.
TELL = """
CREATE FUNCTION sales_tell_orders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM foundation_feed WHERE kind = 'order') THEN
        INSERT INTO foundation_change (kind, number) SELECT 'order', id FROM changed;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION sales_tell_lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM foundation_feed WHERE kind = 'order') THEN
        INSERT INTO foundation_change (kind, number)
        SELECT DISTINCT 'order', order_id FROM changed;
    END IF;
    RETURN NULL;
END $$;

-- What goods cost decides what each order earned that had them.
CREATE FUNCTION sales_tell_costs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM foundation_feed WHERE kind = 'order') THEN
        INSERT INTO foundation_change (kind, number)
        SELECT DISTINCT 'order', l.order_id FROM sales_orderline l
        JOIN changed c ON c.id = l.product_id JOIN former f ON f.id = c.id
        WHERE (c.cost, c.currency) IS DISTINCT FROM (f.cost, f.currency);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER order_told_new AFTER INSERT ON sales_order
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION sales_tell_orders();
CREATE TRIGGER order_told_changed AFTER UPDATE ON sales_order
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION sales_tell_orders();
CREATE TRIGGER order_told_gone AFTER DELETE ON sales_order
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION sales_tell_orders();
CREATE TRIGGER line_told_new AFTER INSERT ON sales_orderline
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION sales_tell_lines();
CREATE TRIGGER line_told_changed AFTER UPDATE ON sales_orderline
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION sales_tell_lines();
CREATE TRIGGER line_told_gone AFTER DELETE ON sales_orderline
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION sales_tell_lines();
CREATE TRIGGER cost_told AFTER UPDATE ON sales_product
    REFERENCING OLD TABLE AS former NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION sales_tell_costs();
-- Also where rows are written without asking for their keys (`proven_keys`).
ALTER TABLE sales_order ENABLE ALWAYS TRIGGER order_told_new;
ALTER TABLE sales_order ENABLE ALWAYS TRIGGER order_told_changed;
ALTER TABLE sales_order ENABLE ALWAYS TRIGGER order_told_gone;
ALTER TABLE sales_orderline ENABLE ALWAYS TRIGGER line_told_new;
ALTER TABLE sales_orderline ENABLE ALWAYS TRIGGER line_told_changed;
ALTER TABLE sales_orderline ENABLE ALWAYS TRIGGER line_told_gone;
ALTER TABLE sales_product ENABLE ALWAYS TRIGGER cost_told;
"""
HUSH = """
DROP FUNCTION sales_tell_orders() CASCADE;
DROP FUNCTION sales_tell_lines() CASCADE;
DROP FUNCTION sales_tell_costs() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0003_beyond_limit"),
        ("foundation", "0011_changes"),
    ]

    operations = [migrations.RunSQL(TELL, HUSH)]
