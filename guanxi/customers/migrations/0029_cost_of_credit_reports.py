"""What a bought report cost is put into the customer, like every other cost."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0028_findings_data_sets_peers")]

    operations = [
        migrations.AddField(
            model_name="creditreport",
            name="investment",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="customers.investment",
            ),
        ),
    ]
