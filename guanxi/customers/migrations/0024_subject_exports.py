"""Copies of all that is held about a person."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0023_erasures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SubjectExport',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('identity', models.CharField(choices=[('document', 'Identity document seen'), ('call_back', 'Called back on the known number'), ('mail_back', 'Asked back at the known e-mail address'), ('known', 'Known in person'), ('own_motion', 'Nobody asked: we do it on our own')], max_length=12)),
                ('language', models.CharField(max_length=10)),
                ('path', models.CharField(blank=True, max_length=200)),
                ('requested_at', models.DateTimeField()),
                ('made_at', models.DateTimeField(null=True)),
                ('expires_at', models.DateTimeField()),
                ('taken_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='customers.customer')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
    ]
