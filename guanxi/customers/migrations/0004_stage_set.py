"""A life-cycle stage may be set by a person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Analysis leaves a stage that is marked so."""

    dependencies = [
        ('customers', '0003_fewer_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='traits',
            name='is_stage_set',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
