"""How long what is kept, and what was done about it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0024_subject_exports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RetentionRun',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('category', models.CharField(choices=[('silent', 'Customers who never bought and whom nobody heard of'), ('lost', 'Lost customers'), ('notes', 'Notes about customers'), ('credit', 'Credit reports that have ended'), ('files', 'Imported files')], max_length=12)),
                ('months', models.SmallIntegerField()),
                ('before', models.DateTimeField()),
                ('done', models.IntegerField(default=0)),
                ('held', models.IntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('category', models.CharField(choices=[('silent', 'Customers who never bought and whom nobody heard of'), ('lost', 'Lost customers'), ('notes', 'Notes about customers'), ('credit', 'Credit reports that have ended'), ('files', 'Imported files')], max_length=12, primary_key=True, serialize=False)),
                ('months', models.SmallIntegerField()),
                ('is_on', models.BooleanField(default=False)),
                ('tried_at', models.DateTimeField(null=True)),
                ('tried_months', models.SmallIntegerField(null=True)),
                ('tried_count', models.IntegerField(null=True)),
                ('changed_at', models.DateTimeField(null=True)),
                ('changed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
