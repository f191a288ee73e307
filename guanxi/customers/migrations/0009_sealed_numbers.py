import django.contrib.postgres.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """
    Columns for numbers of documents, cards and licenses.

    Those of documents and cards are sealed: what was looked up by the number itself is
    looked up by its blind index. The next migration seals what is there.
    """

    dependencies = [
        ('customers', '0008_handovers'),
        ('identity', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_id_number',
        ),
        migrations.AddField(
            model_name='customer',
            name='bank_card',
            field=models.TextField(blank=True, db_default='', default=''),
        ),
        migrations.AddField(
            model_name='customer',
            name='bank_card_index',
            field=models.CharField(blank=True, db_collation='C', db_default='', default='', max_length=60),
        ),
        migrations.AddField(
            model_name='customer',
            name='credit_code',
            field=models.CharField(blank=True, db_collation='C', db_default='', default='', max_length=18),
        ),
        migrations.AddField(
            model_name='customer',
            name='id_kind',
            field=models.CharField(blank=True, choices=[('resident', 'Resident ID card'), ('passport', 'Passport'), ('hk_macao', 'Travel permit for Hong Kong and Macao residents'), ('taiwan', 'Travel permit for Taiwan residents'), ('foreigner', "Foreigner's permanent residence card"), ('other', 'Other document')], db_default='', default='', max_length=12),
        ),
        migrations.AddField(
            model_name='customer',
            name='id_number_index',
            field=models.CharField(blank=True, db_collation='C', db_default='', default='', max_length=60),
        ),
        migrations.AlterField(
            model_name='customer',
            name='id_number',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('id_number_index', ''), _negated=True), fields=['id_number_index'], name='customer_id_number'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('bank_card_index', ''), _negated=True), fields=['bank_card_index'], name='customer_bank_card'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('credit_code', ''), _negated=True), fields=['credit_code'], name='customer_credit_code'),
        ),
        migrations.AlterField(
            model_name='duplicatepair',
            name='reasons',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('external_id', 'Same external ID'), ('id_number', 'Same ID number'), ('credit_code', 'Same credit code'), ('bank_card', 'Same bank card'), ('phone', 'Same phone'), ('email', 'Same e-mail'), ('wechat', 'Same WeChat'), ('name', 'Same name'), ('sound', 'Name sounds the same'), ('city', 'Same city'), ('birth_on', 'Same birthday'), ('name_order', 'Name in another order'), ('name_near', 'Similar name'), ('brand', 'Same short name'), ('phone_near', 'Phone differs by a digit'), ('mailbox', 'Same mailbox at another provider'), ('id_number_near', 'Similar ID number'), ('birth_on_near', 'Similar birthday'), ('address', 'Same address'), ('address_near', 'Similar address')], max_length=20), size=None),
        ),
    ]
