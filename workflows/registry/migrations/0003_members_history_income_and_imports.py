"""Members who come and go, causes, yearly income, changes, imports and likely duplicates."""

from typing import ClassVar

import django.db.models.deletion
import portal.clock
import portal.sealing.fields
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from portal.areas.collation import by_bytes


class Migration(migrations.Migration):

    dependencies: ClassVar = [
        ('portal_areas', '0002_path_by_bytes'),
        ('portal_files', '0001_initial'),
        ('workflows_registry', '0002_path_by_bytes'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name='DuplicatePair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area_path', models.CharField(db_index=True, max_length=40)),
                ('state', models.CharField(choices=[('open', '待判定'), ('same', '同一人'), ('distinct', '不是同一人')], default='open', max_length=10)),
                ('found_at', models.DateTimeField(default=portal.clock.now)),
                ('judged_at', models.DateTimeField(null=True)),
                ('reason', portal.sealing.fields.EncryptedTextField(blank=True, verbose_name='依据')),
            ],
            options={
                'verbose_name': '疑似重复',
                'verbose_name_plural': '疑似重复',
            },
        ),
        migrations.CreateModel(
            name='HistoricalMember',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', portal.sealing.fields.EncryptedTextField(verbose_name='姓名')),
                ('name_hash', models.CharField(db_index=True, editable=False, max_length=64)),
                ('id_number', portal.sealing.fields.EncryptedTextField(blank=True, verbose_name='身份证号')),
                ('id_hash', models.CharField(db_index=True, editable=False, max_length=64)),
                ('relation', models.CharField(max_length=20, verbose_name='与户主关系')),
                ('born_on', models.DateField(null=True, verbose_name='出生日期')),
                ('sex', models.CharField(blank=True, choices=[('male', '男'), ('female', '女')], max_length=6, verbose_name='性别')),
                ('labour', models.CharField(blank=True, choices=[('skilled', '技能劳动力'), ('able', '普通劳动力'), ('weak', '弱劳动力或者半劳动力'), ('lost', '丧失劳动力'), ('none', '无劳动力')], max_length=8, verbose_name='劳动能力')),
                ('able_to_work', models.BooleanField(default=True, verbose_name='有劳动能力')),
                ('joined_on', models.DateField(default=portal.clock.today, verbose_name='登记日期')),
                ('left_on', models.DateField(blank=True, null=True, verbose_name='离户日期')),
                ('left_why', models.CharField(blank=True, choices=[('death', '去世'), ('marriage', '婚嫁离户'), ('move', '户籍迁出'), ('split', '分户'), ('duplicate', '重复登记'), ('other', '其他')], max_length=10, verbose_name='离户原因')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical 家庭成员',
                'verbose_name_plural': 'historical 家庭成员',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalYearIncome',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('operating_fen', models.BigIntegerField(default=0, verbose_name='经营性收入（分）')),
                ('wage_fen', models.BigIntegerField(default=0, verbose_name='工资性收入（分）')),
                ('property_fen', models.BigIntegerField(default=0, verbose_name='财产性收入（分）')),
                ('transfer_fen', models.BigIntegerField(default=0, verbose_name='转移性收入（分）')),
                ('people', models.PositiveSmallIntegerField(verbose_name='人口')),
                ('source', models.CharField(choices=[('survey', '入户调查'), ('match', '部门比对'), ('declared', '本户申报'), ('table', '表格导入')], max_length=10, verbose_name='来源')),
                ('recorded_at', models.DateTimeField(default=portal.clock.now)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
            ],
            options={
                'verbose_name': 'historical 年度收入',
                'verbose_name_plural': 'historical 年度收入',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HouseholdImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('area_path', models.CharField(db_index=True, max_length=40)),
                ('plan', portal.sealing.fields.EncryptedTextField(blank=True)),
                ('plan_digest', models.CharField(max_length=64)),
                ('counts', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('pending', '待确认'), ('confirmed', '已导入'), ('withdrawn', '已放弃'), ('expired', '已过期')], default='pending', max_length=10, verbose_name='状态')),
                ('uploaded_at', models.DateTimeField(default=portal.clock.now)),
                ('expires_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': '农户导入',
                'verbose_name_plural': '农户导入',
            },
        ),
        migrations.CreateModel(
            name='RegisterChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('registered', '建档'), ('details', '更正一般信息'), ('card', '登记一卡通'), ('duplicate', '合并重复登记'), ('category', '变更类别'), ('entered', '纳入'), ('reentered', '重新纳入'), ('exited', '退出'), ('joined', '增加成员'), ('left', '减少成员'), ('head', '变更户主'), ('split', '分户'), ('moved', '迁居'), ('helper', '变更帮扶责任人')], max_length=12, verbose_name='事项')),
                ('before', portal.sealing.fields.EncryptedTextField(blank=True, verbose_name='变更前')),
                ('after', portal.sealing.fields.EncryptedTextField(blank=True, verbose_name='变更后')),
                ('case_number', models.CharField(blank=True, db_index=True, max_length=48, verbose_name='办件号')),
                ('at', models.DateTimeField(default=portal.clock.now)),
            ],
            options={
                'verbose_name': '户档变更',
                'verbose_name_plural': '户档变更',
                'abstract': False,
                'base_manager_name': 'objects',
            },
        ),
        migrations.CreateModel(
            name='YearIncome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.PositiveSmallIntegerField(verbose_name='年度')),
                ('operating_fen', models.BigIntegerField(default=0, verbose_name='经营性收入（分）')),
                ('wage_fen', models.BigIntegerField(default=0, verbose_name='工资性收入（分）')),
                ('property_fen', models.BigIntegerField(default=0, verbose_name='财产性收入（分）')),
                ('transfer_fen', models.BigIntegerField(default=0, verbose_name='转移性收入（分）')),
                ('people', models.PositiveSmallIntegerField(verbose_name='人口')),
                ('source', models.CharField(choices=[('survey', '入户调查'), ('match', '部门比对'), ('declared', '本户申报'), ('table', '表格导入')], max_length=10, verbose_name='来源')),
                ('recorded_at', models.DateTimeField(default=portal.clock.now)),
            ],
            options={
                'verbose_name': '年度收入',
                'verbose_name_plural': '年度收入',
            },
        ),
        migrations.RemoveConstraint(
            model_name='member',
            name='one_household_a_person',
        ),
        migrations.AddField(
            model_name='historicalhousehold',
            name='cause',
            field=portal.sealing.fields.EncryptedTextField(blank=True, choices=[('illness', '因病'), ('disability', '因残'), ('schooling', '因学'), ('disaster', '因灾'), ('accident', '因意外事故'), ('no_labour', '缺劳动力'), ('no_skill', '缺技术'), ('no_money', '缺资金'), ('no_land', '缺土地'), ('no_water', '缺水'), ('roads', '交通条件落后'), ('operating_loss', '生产经营亏损'), ('job_loss', '务工不稳或者收入减少'), ('less_subsidy', '低保或者补贴减少'), ('no_drive', '自身发展动力不足'), ('other', '其他原因')], verbose_name='致贫原因'),
        ),
        migrations.AddField(
            model_name='historicalhousehold',
            name='split_from',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workflows_registry.household', verbose_name='从哪一户分出'),
        ),
        migrations.AddField(
            model_name='historicalhousehold',
            name='standing',
            field=models.CharField(choices=[('in', '在册'), ('exited', '已退出'), ('closed', '已销户')], default='in', max_length=8, verbose_name='在册情况'),
        ),
        migrations.AddField(
            model_name='historicalhousehold',
            name='standing_since',
            field=models.DateField(default=portal.clock.today),
        ),
        migrations.AddField(
            model_name='household',
            name='cause',
            field=portal.sealing.fields.EncryptedTextField(blank=True, choices=[('illness', '因病'), ('disability', '因残'), ('schooling', '因学'), ('disaster', '因灾'), ('accident', '因意外事故'), ('no_labour', '缺劳动力'), ('no_skill', '缺技术'), ('no_money', '缺资金'), ('no_land', '缺土地'), ('no_water', '缺水'), ('roads', '交通条件落后'), ('operating_loss', '生产经营亏损'), ('job_loss', '务工不稳或者收入减少'), ('less_subsidy', '低保或者补贴减少'), ('no_drive', '自身发展动力不足'), ('other', '其他原因')], verbose_name='致贫原因'),
        ),
        migrations.AddField(
            model_name='household',
            name='split_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows_registry.household', verbose_name='从哪一户分出'),
        ),
        migrations.AddField(
            model_name='household',
            name='standing',
            field=models.CharField(choices=[('in', '在册'), ('exited', '已退出'), ('closed', '已销户')], default='in', max_length=8, verbose_name='在册情况'),
        ),
        migrations.AddField(
            model_name='household',
            name='standing_since',
            field=models.DateField(default=portal.clock.today),
        ),
        migrations.AddField(
            model_name='member',
            name='joined_on',
            field=models.DateField(default=portal.clock.today, verbose_name='登记日期'),
        ),
        migrations.AddField(
            model_name='member',
            name='labour',
            field=models.CharField(blank=True, choices=[('skilled', '技能劳动力'), ('able', '普通劳动力'), ('weak', '弱劳动力或者半劳动力'), ('lost', '丧失劳动力'), ('none', '无劳动力')], max_length=8, verbose_name='劳动能力'),
        ),
        migrations.AddField(
            model_name='member',
            name='left_on',
            field=models.DateField(blank=True, null=True, verbose_name='离户日期'),
        ),
        migrations.AddField(
            model_name='member',
            name='left_why',
            field=models.CharField(blank=True, choices=[('death', '去世'), ('marriage', '婚嫁离户'), ('move', '户籍迁出'), ('split', '分户'), ('duplicate', '重复登记'), ('other', '其他')], max_length=10, verbose_name='离户原因'),
        ),
        migrations.AddField(
            model_name='member',
            name='sex',
            field=models.CharField(blank=True, choices=[('male', '男'), ('female', '女')], max_length=6, verbose_name='性别'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['name_hash', 'born_on'], name='workflows_r_name_ha_a6390c_idx'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('id_hash', ''), _negated=True), ('left_on', None)), fields=('id_hash',), name='one_household_a_person'),
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='area',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal_areas.area'),
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='first',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows_registry.member'),
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='judged_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='duplicatepair',
            name='second',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows_registry.member'),
        ),
        migrations.AddField(
            model_name='historicalmember',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalmember',
            name='household',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workflows_registry.household'),
        ),
        migrations.AddField(
            model_name='historicalyearincome',
            name='history_user',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='historicalyearincome',
            name='household',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='workflows_registry.household'),
        ),
        migrations.AddField(
            model_name='historicalyearincome',
            name='recorded_by',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='householdimport',
            name='area',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal_areas.area'),
        ),
        migrations.AddField(
            model_name='householdimport',
            name='file',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal_files.privatefile'),
        ),
        migrations.AddField(
            model_name='householdimport',
            name='uploaded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='registerchange',
            name='by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='registerchange',
            name='evidence',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal_files.privatefile'),
        ),
        migrations.AddField(
            model_name='registerchange',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='workflows_registry.household'),
        ),
        migrations.AddField(
            model_name='registerchange',
            name='member',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows_registry.member'),
        ),
        migrations.AddField(
            model_name='yearincome',
            name='household',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='incomes', to='workflows_registry.household'),
        ),
        migrations.AddField(
            model_name='yearincome',
            name='recorded_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='duplicatepair',
            index=models.Index(fields=['state', 'area_path'], name='workflows_r_state_d2816c_idx'),
        ),
        migrations.AddConstraint(
            model_name='duplicatepair',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='one_judgement_a_pair'),
        ),
        migrations.AddIndex(
            model_name='registerchange',
            index=models.Index(fields=['household', 'at'], name='workflows_r_househo_755450_idx'),
        ),
        migrations.AddConstraint(
            model_name='yearincome',
            constraint=models.UniqueConstraint(fields=('household', 'year'), name='one_income_a_year'),
        ),
        migrations.AddConstraint(
            model_name='yearincome',
            constraint=models.CheckConstraint(condition=models.Q(('people__gt', 0), ('property_fen__gte', 0), ('transfer_fen__gte', 0), ('wage_fen__gte', 0)), name='income_is_no_debt'),
        ),
        by_bytes("workflows_registry_householdimport", "area_path", 40),
        by_bytes("workflows_registry_duplicatepair", "area_path", 40),
    ]
