"""Count what reports cost that were bought before such costs counted."""

from datetime import datetime, time

from django.db import migrations
from django.utils.timezone import make_aware


def count_costs(apps, schema_editor):
    reports = apps.get_model("customers", "CreditReport").objects
    investments = apps.get_model("customers", "Investment").objects
    for report in reports.filter(origin="purchased", cost__gt=0).iterator():
        report.investment = investments.create(
            customer_id=report.customer_id,
            aim="service",
            happened_at=make_aware(datetime.combine(report.reported_on, time.min)),
            amount=report.cost,
            made_by_id=report.recorded_by_id,
            created_at=report.recorded_at,
        )
        report.save(update_fields=["investment"])


def forget_costs(apps, schema_editor):
    reports = apps.get_model("customers", "CreditReport").objects
    counted = list(reports.exclude(investment=None).values_list("investment_id", flat=True))
    reports.update(investment=None)
    apps.get_model("customers", "Investment").objects.filter(pk__in=counted).delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0029_cost_of_credit_reports")]

    operations = [migrations.RunPython(count_costs, forget_costs)]
