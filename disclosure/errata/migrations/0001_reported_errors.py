"""Reports of errors on public pages."""

import django.db.models.deletion
import portal.clock
import portal.sealing.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('portal_areas', '0002_path_by_bytes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ErrorReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('receipt', models.CharField(max_length=20, unique=True, verbose_name='回执号')),
                ('pin_hash', models.CharField(max_length=64)),
                ('submission', models.CharField(blank=True, db_index=True, max_length=64)),
                ('path', models.CharField(blank=True, max_length=255, verbose_name='网页')),
                ('area_path', models.CharField(blank=True, db_index=True, max_length=255)),
                ('kind', models.CharField(choices=[('words', '错字、病句'), ('figures', '数字、金额、日期不对'), ('stale', '内容过时了'), ('link', '打不开，点错了地方'), ('privacy', '露了别人的隐私'), ('other', '别的')], max_length=10, verbose_name='哪里不对')),
                ('text', portal.sealing.fields.EncryptedTextField(verbose_name='内容')),
                ('contact', portal.sealing.fields.EncryptedTextField(blank=True, verbose_name='联系方式')),
                ('received_on', models.DateField(verbose_name='收到日期')),
                ('received_at', models.DateTimeField(default=portal.clock.now)),
                ('due_on', models.DateField(verbose_name='答复期限')),
                ('outcome', models.CharField(blank=True, choices=[('corrected', '确实有错，已经改了'), ('passed', '归别的单位管，已经转过去'), ('right', '核对过，没有错')], max_length=10, verbose_name='结果')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='答复')),
                ('answered_at', models.DateTimeField(null=True)),
                ('escalated_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('area', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal_areas.area', verbose_name='地区')),
            ],
            options={
                'verbose_name': '网页纠错',
                'indexes': [models.Index(fields=['outcome', 'due_on'], name='errata_open_first')],
            },
        ),
    ]
