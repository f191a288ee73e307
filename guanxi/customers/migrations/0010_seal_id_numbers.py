from django.db import connection, migrations, transaction

from guanxi.foundation.identifiers import BadIdentifier, parse_resident_id, plain_identifier
from guanxi.foundation.sealing.ring import ring

COLUMN = "customers_customer.id_number"
STEP = 2000
EVENTS_A_STEP = 50_000
# No sealed value is that short, no number of a document was longer.
PLAIN = 30
TABLES = ("customers_customer", "foundation_importedrow", "foundation_importrun")

FIND = """
    SELECT id, id_number FROM customers_customer
    WHERE id > %s AND id_number <> '' AND length(id_number) <= %s
    ORDER BY id LIMIT %s FOR UPDATE
"""
SEAL = """
    UPDATE customers_customer c
    SET id_number = v.token, id_number_index = v.index, id_kind = v.kind
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS v(id, token, index, kind)
    WHERE c.id = v.id
"""
FIND_TRACES = """
    SELECT id, before ->> 'id_number', record_id FROM foundation_importedrow
    WHERE id > %s AND kind = 'customer' AND before ->> 'id_number' <> ''
        AND length(before ->> 'id_number') <= %s
    ORDER BY id LIMIT %s FOR UPDATE
"""
SEAL_TRACES = """
    UPDATE foundation_importedrow r
    SET before = r.before || jsonb_build_object(
        'id_number', v.token, 'id_number_index', v.index, 'id_kind', v.kind)
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[]) AS v(id, token, index, kind)
    WHERE r.id = v.id
"""
# What was empty before a file filled it must become empty again with its index.
EMPTY_TRACES = """
    UPDATE foundation_importedrow
    SET before = before || '{"id_number_index": "", "id_kind": ""}'
    WHERE kind = 'customer' AND before ->> 'id_number' = ''
        AND NOT before ? 'id_number_index'
"""
# The log kept three first and two last signs: now it keeps none.
COVER_EVENTS = """
    UPDATE foundation_loggedevent e
    SET changes = e.changes || jsonb_build_object('id_number', (
        SELECT jsonb_agg(CASE WHEN v = '' THEN '' ELSE '…' END ORDER BY n)
        FROM jsonb_array_elements_text(e.changes -> 'id_number') WITH ORDINALITY AS x(v, n)))
    WHERE e.id > %s AND e.id <= %s AND e.kind = 'customer' AND e.changes ? 'id_number'
"""
# What files would bring was shown as it stood in them.
CLEAR_PREVIEWS = """
    UPDATE foundation_importrun r
    SET preview = r.preview || '{"samples": [], "examples": []}'
    WHERE kind = 'customers' AND preview <> '{}' AND EXISTS (
        SELECT FROM jsonb_each_text(r.columns) c WHERE c.value = 'id_number')
"""
FIND_SEALED = """
    SELECT id, id_number FROM customers_customer
    WHERE id > %s AND length(id_number) > %s ORDER BY id LIMIT %s FOR UPDATE
"""
OPEN = """
    UPDATE customers_customer c SET id_number = v.text
    FROM unnest(%s::bigint[], %s::text[]) AS v(id, text) WHERE c.id = v.id
"""


def seal(apps, schema_editor):
    """Seal what is there, some at a time; killed, it goes on with what is still plain."""
    is_touched = _in_steps(FIND, lambda rows: _seal(SEAL, rows))
    is_touched |= _in_steps(FIND_TRACES, lambda rows: _seal(SEAL_TRACES, rows))
    _cover_log()
    with connection.cursor() as cursor:
        cursor.execute(EMPTY_TRACES)
        cursor.execute(CLEAR_PREVIEWS)
        if is_touched:
            # Else the plain texts stay on the disk until their pages are used again.
            for table in TABLES:
                cursor.execute(f"VACUUM (FULL, ANALYZE) {table}")


def unseal(apps, schema_editor):
    """Write the numbers plainly again."""
    _in_steps(FIND_SEALED, _open)


def _in_steps(find, act):
    after, is_touched = 0, False
    while after is not None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(find, [after, PLAIN, STEP])
            rows = cursor.fetchall()
            if rows:
                act(rows)
            is_touched = is_touched or bool(rows)
            after = rows[-1][0] if rows else None
    return is_touched


def _seal(statement, rows):
    keys = ring()
    sealed = []
    for row, text, *record in rows:
        kind, number = _document(text)
        token = keys.seal(number, f"{COLUMN}.{record[0] if record else row}")
        sealed.append((row, token, keys.index(number, COLUMN), kind))
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*sealed)])


def _document(text):
    try:
        return "resident", parse_resident_id(text).number
    except BadIdentifier:
        return "other", plain_identifier(text) or text.strip() or text


def _open(rows):
    keys = ring()
    texts = [keys.open(token, f"{COLUMN}.{pk}") for pk, token in rows]
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [[pk for pk, _token in rows], texts])


def _cover_log():
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM foundation_loggedevent")
        (last,) = cursor.fetchone()
        for start in range(0, last, EVENTS_A_STEP):
            cursor.execute(COVER_EVENTS, [start, start + EVENTS_A_STEP])


class Migration(migrations.Migration):
    """
    No ID number is kept in the clear: neither of people, nor by imports, nor in the log.

    Each step is a transaction of its own. What imports of before remember of traces and
    previews stays sealed when this is taken back.
    """

    atomic = False

    dependencies = [
        ("customers", "0009_sealed_numbers"),
        ("foundation", "0005_events_without_actor_index"),
    ]

    operations = [migrations.RunPython(seal, unseal)]
