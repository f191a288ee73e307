from django.db import migrations, models


class Migration(migrations.Migration):
    """
    Two indexes that repeat the beginning of another.

    The unique one of external ids begins with the number now, and serves who looks for
    it in any source. A customer's tags are found by their unique pair.
    """

    dependencies = [
        ('customers', '0002_room_for_updates'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='customer',
            name='customer_external_once',
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('external_id', 'source'), name='customer_external_once'),
        ),
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_external',
        ),
        migrations.RunSQL(
            'DROP INDEX customers_customer_tags_customer_id_0423a302',
            'CREATE INDEX customers_customer_tags_customer_id_0423a302 ON customers_customer_tags (customer_id)',
        ),
    ]
