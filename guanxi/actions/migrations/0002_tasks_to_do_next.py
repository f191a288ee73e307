from django.db import migrations, models


class Migration(migrations.Migration):
    """Let a list of tasks begin with the open one that is due next."""

    dependencies = [
        ('actions', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='task',
            name='open_due_on',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(state='open', then=models.F('due_on'))), output_field=models.DateField(null=True)),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(fields=['open_due_on', 'id'], name='task_open_due'),
        ),
    ]
