import django.db.models.deletion
from django.db import migrations, models


# Casting a text to a day depends on settings of the session, so no index may hold it.
DAY = """
    CREATE FUNCTION customers_day(text) RETURNS date
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$ SELECT make_date(substr($1, 1, 4)::int, substr($1, 6, 2)::int, substr($1, 9, 2)::int) $$
"""


class Migration(migrations.Migration):
    """Fields that a house adds to its customers, and where their values stand."""

    dependencies = [
        ('customers', '0005_merges'),
    ]

    operations = [
        migrations.CreateModel(
            name='FieldGroup',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=40, unique=True)),
                ('form', models.CharField(blank=True, choices=[('', 'Persons and organizations'), ('person', 'Persons'), ('organization', 'Organizations')], max_length=12)),
                ('name_zh', models.CharField(max_length=60)),
                ('name_en', models.CharField(max_length=60)),
                ('position', models.SmallIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name='customer',
            name='extra',
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.CreateModel(
            name='CustomField',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('key', models.SlugField(max_length=40, unique=True)),
                ('kind', models.CharField(choices=[('text', 'Text'), ('paragraph', 'Long text'), ('number', 'Number'), ('date', 'Date'), ('boolean', 'Yes or no'), ('choice', 'Choice from a list')], max_length=12)),
                ('name_zh', models.CharField(max_length=60)),
                ('name_en', models.CharField(max_length=60)),
                ('help_zh', models.CharField(blank=True, max_length=200)),
                ('help_en', models.CharField(blank=True, max_length=200)),
                ('choices', models.JSONField(blank=True, default=list)),
                ('is_required', models.BooleanField(default=False)),
                ('lowest', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ('highest', models.DecimalField(blank=True, decimal_places=4, max_digits=18, null=True)),
                ('privacy', models.CharField(choices=[('none', 'Not personal'), ('personal', 'Personal'), ('sensitive', 'Sensitive')], default='none', max_length=10)),
                ('data_type', models.CharField(choices=[('descriptive', 'Descriptive data'), ('promotional', 'Promotional data'), ('transactional', 'Transactional data')], default='descriptive', max_length=16)),
                ('info_kind', models.CharField(choices=[('descriptive', 'Descriptive information'), ('behavioral', 'Behavioral information'), ('associated', 'Associated information')], default='descriptive', max_length=16)),
                ('source_channel', models.CharField(choices=[('direct', 'Directly'), ('indirect', 'Indirectly')], default='direct', max_length=10)),
                ('purpose', models.CharField(blank=True, max_length=200)),
                ('review_months', models.SmallIntegerField(blank=True, null=True)),
                ('position', models.SmallIntegerField(default=0)),
                ('is_indexed', models.BooleanField(default=False)),
                ('is_active', models.BooleanField(default=True)),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fields', to='customers.fieldgroup')),
            ],
        ),
        migrations.RunSQL(DAY, 'DROP FUNCTION customers_day(text)'),
    ]
