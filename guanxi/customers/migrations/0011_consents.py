"""The consent ledger, closed channels and contact preferences."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# A line of the ledger is never changed; only whose it is, when two customers become one,
# and who wrote it, when that user is removed.
CLOSE = """
CREATE FUNCTION customers_consent_is_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the consent ledger is only ever added to';
END $$;
CREATE TRIGGER customers_consent_is_written BEFORE UPDATE ON customers_consententry
FOR EACH ROW WHEN (
    to_jsonb(OLD) - 'customer_id' - 'recorded_by_id'
    IS DISTINCT FROM to_jsonb(NEW) - 'customer_id' - 'recorded_by_id'
) EXECUTE FUNCTION customers_consent_is_written();
"""
OPEN = """
DROP TRIGGER customers_consent_is_written ON customers_consententry;
DROP FUNCTION customers_consent_is_written();
"""


class Migration(migrations.Migration):
    """What people say about being contacted, and the wordings they were shown."""

    dependencies = [
        ('customers', '0010_seal_id_numbers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ContactPreference',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='customers.customer')),
                ('channel', models.CharField(blank=True, choices=[('phone', 'Phone call'), ('sms', 'Text message'), ('email', 'E-mail'), ('wechat', 'WeChat'), ('post', 'Post')], max_length=8)),
                ('start', models.TimeField(null=True)),
                ('end', models.TimeField(null=True)),
                ('time_zone', models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('version', models.IntegerField()),
                ('text_zh', models.TextField()),
                ('text_en', models.TextField()),
                ('written_at', models.DateTimeField()),
                ('purpose', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.code')),
                ('written_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ConsentEntry',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('channel', models.CharField(choices=[('phone', 'Phone call'), ('sms', 'Text message'), ('email', 'E-mail'), ('wechat', 'WeChat'), ('post', 'Post')], max_length=8)),
                ('is_given', models.BooleanField()),
                ('proof', models.TextField(blank=True)),
                ('proof_reference', models.CharField(blank=True, max_length=200)),
                ('recorded_at', models.DateTimeField()),
                ('effective_at', models.DateTimeField()),
                ('expires_on', models.DateField(null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('purpose', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.code')),
                ('recorded_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('text', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.consenttext')),
            ],
        ),
        migrations.CreateModel(
            name='ContactBlock',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('channel', models.CharField(blank=True, choices=[('phone', 'Phone call'), ('sms', 'Text message'), ('email', 'E-mail'), ('wechat', 'WeChat'), ('post', 'Post')], max_length=8)),
                ('reason', models.CharField(max_length=200)),
                ('set_at', models.DateTimeField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('set_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='consenttext',
            constraint=models.UniqueConstraint(fields=('purpose', 'version'), name='consent_text_once'),
        ),
        migrations.AddIndex(
            model_name='consententry',
            index=models.Index(fields=['customer', 'purpose', 'channel', 'effective_at', 'id'], include=('is_given', 'expires_on'), name='consent_of_customer'),
        ),
        migrations.AddIndex(
            model_name='consententry',
            index=models.Index(fields=['purpose', 'channel', 'customer', 'effective_at', 'id'], include=('is_given', 'expires_on'), name='consent_of_purpose'),
        ),
        migrations.AddIndex(
            model_name='contactblock',
            index=models.Index(fields=['customer', 'lifted_at'], name='block_of_customer'),
        ),
        migrations.RunSQL(CLOSE, OPEN),
    ]
