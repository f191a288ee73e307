"""Between teams and all records come territories: all is one number further now."""

from django.db import migrations

TREE, TERRITORY, ALL = 3, 4, 5


def move_up(apps, schema_editor):
    renumber(apps, {TERRITORY: ALL})


def move_down(apps, schema_editor):
    renumber(apps, {TERRITORY: TREE, ALL: TERRITORY})


def renumber(apps, numbers):
    for role in apps.get_model("identity", "Role").objects.all():
        role.depths = {key: numbers.get(n, n) for key, n in role.depths.items()}
        role.save(update_fields=["depths"])


class Migration(migrations.Migration):
    dependencies = [("identity", "0003_duties")]
    operations = [migrations.RunPython(move_up, move_down)]
