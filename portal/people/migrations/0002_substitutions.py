"""Who stands in for whom while on leave."""

import django.db.models.deletion
import portal.clock
import portal.sealing.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('portal_people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Substitution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_on', models.DateField(verbose_name='从哪天起')),
                ('last_on', models.DateField(verbose_name='到哪天为止')),
                ('reason', portal.sealing.fields.EncryptedTextField(verbose_name='事由')),
                ('named_at', models.DateTimeField(default=portal.clock.now)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('declined_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('office', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='substitutions', to='portal_people.office')),
                ('substitute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='代办人')),
            ],
            options={
                'verbose_name': '代办',
                'verbose_name_plural': '代办',
                'indexes': [models.Index(fields=['substitute', 'last_on'], name='portal_peop_substit_6d2208_idx'), models.Index(fields=['office', 'last_on'], name='portal_peop_office__2b4619_idx')],
            },
        ),
    ]
