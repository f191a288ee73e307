import django.contrib.postgres.fields
from django.db import migrations, models

from guanxi.foundation.access_log.chain import new_mark, noted

STEP = 2000
# Whoever may change the log says so in his transaction first: nobody does it by accident.
GUARD = """
    CREATE FUNCTION foundation_access_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('guanxi.access_log', true) IS DISTINCT FROM 'open' THEN
            RAISE EXCEPTION 'the access log is only ever added to'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN coalesce(NEW, OLD);
    END $$;
    CREATE TRIGGER access_guard BEFORE UPDATE OR DELETE ON foundation_access
        FOR EACH ROW EXECUTE FUNCTION foundation_access_guard();
    CREATE TRIGGER access_guard BEFORE UPDATE OR DELETE ON foundation_accessstretch
        FOR EACH ROW EXECUTE FUNCTION foundation_access_guard();
"""
UNGUARD = """
    DROP TRIGGER access_guard ON foundation_access;
    DROP TRIGGER access_guard ON foundation_accessstretch;
    DROP FUNCTION foundation_access_guard();
"""


def queue(apps, schema_editor):
    """Let the rows that are there already be chained as they stand."""
    waiting = apps.get_model("foundation", "AccessWaiting")
    rows = apps.get_model("foundation", "Access").objects.order_by("pk")
    after = 0
    while some := list(rows.filter(pk__gt=after)[:STEP]):
        waiting.objects.bulk_create(
            waiting(row=row.pk, mark=new_mark(noted(row))) for row in some
        )
        after = some[-1].pk


class Migration(migrations.Migration):

    dependencies = [
        ('foundation', '0007_sealed_answers'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessStretch',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('access_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('digests', django.contrib.postgres.fields.ArrayField(base_field=models.BinaryField(), default=list, size=None)),
                ('doubtful', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('before', models.BinaryField()),
                ('digest', models.BinaryField()),
                ('latest_at', models.DateTimeField()),
                ('sealed_at', models.DateTimeField()),
                ('cut_at', models.DateTimeField(null=True)),
                ('signature', models.CharField(max_length=120)),
            ],
        ),
        migrations.CreateModel(
            name='AccessWaiting',
            fields=[
                ('row', models.BigIntegerField(primary_key=True, serialize=False)),
                ('mark', models.CharField(max_length=120, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='AccessCheck',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('rows', models.BigIntegerField()),
                ('stretches', models.BigIntegerField()),
                ('flaw', models.CharField(blank=True, max_length=20)),
                ('row', models.BigIntegerField(null=True)),
                ('number', models.BigIntegerField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['-at'], name='accesscheck_at')],
            },
        ),
        migrations.RunPython(queue, migrations.RunPython.noop),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
