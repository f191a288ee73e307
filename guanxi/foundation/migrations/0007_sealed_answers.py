from django.db import migrations


class Migration(migrations.Migration):
    """Answers kept for repeated requests are sealed from now on: the plain ones go."""

    dependencies = [
        ("foundation", "0006_arrangement"),
    ]

    operations = [
        migrations.RunSQL("DELETE FROM foundation_answered", migrations.RunSQL.noop),
    ]
