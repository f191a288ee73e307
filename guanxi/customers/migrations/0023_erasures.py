"""Erasures, and the consent ledger under a number when somebody is erased."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# As before, and of somebody who is being erased the words of the proof go.
BLANK = """
DROP TRIGGER customers_consent_is_written ON customers_consententry;
CREATE OR REPLACE FUNCTION customers_consent_is_written() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.proof = '' AND NEW.proof_reference = ''
        AND to_jsonb(OLD) - 'proof' - 'proof_reference'
            = to_jsonb(NEW) - 'proof' - 'proof_reference'
        AND EXISTS (SELECT FROM customers_erasure e
                    LEFT JOIN customers_merge m
                      ON m.survivor_id = e.customer_id AND m.undone_at IS NULL
                    WHERE NEW.customer_id IN (e.customer_id, m.gone_id)) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the consent ledger is only ever added to';
END $$;
CREATE TRIGGER customers_consent_is_written BEFORE UPDATE ON customers_consententry
FOR EACH ROW WHEN (
    to_jsonb(OLD) - 'customer_id' - 'recorded_by_id'
    IS DISTINCT FROM to_jsonb(NEW) - 'customer_id' - 'recorded_by_id'
) EXECUTE FUNCTION customers_consent_is_written();
"""
NEVER = """
CREATE OR REPLACE FUNCTION customers_consent_is_written() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the consent ledger is only ever added to';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0022_notes_with_history'),
        ('identity', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('reason', models.CharField(choices=[('request', 'The person asks for it'), ('withdrawn', 'Consent withdrawn'), ('purpose', 'No longer needed for its purpose'), ('unlawful', 'Was not lawfully collected'), ('retention', 'The time of keeping is over')], max_length=12)),
                ('identity', models.CharField(choices=[('document', 'Identity document seen'), ('call_back', 'Called back on the known number'), ('mail_back', 'Asked back at the known e-mail address'), ('known', 'Known in person'), ('own_motion', 'Nobody asked: we do it on our own')], max_length=12)),
                ('reference', models.CharField(blank=True, max_length=80)),
                ('requested_at', models.DateTimeField()),
                ('done_at', models.DateTimeField(null=True)),
                ('counts', models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(
            model_name='customer',
            name='erased_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('erased_at__isnull', False)), fields=['id'], name='customer_erased'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='erasure',
            name='requested_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='erasure',
            constraint=models.UniqueConstraint(fields=('customer',), name='erasure_once'),
        ),
        migrations.RunSQL(BLANK, NEVER),
    ]
