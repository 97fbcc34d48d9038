import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import peoplesync.core.models
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('attendance', '0001_initial'),
        ('core', '0002_initial'),
        ('hr', '0001_initial'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='PayrollRun',
            fields=[
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('period_year', models.PositiveSmallIntegerField()),
                ('period_month', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('regular', 'Regular month'), ('thr', 'Holiday allowance (THR)'), ('bonus', 'Bonus'), ('off_cycle', 'Off cycle'), ('correction', 'Correction'), ('final', 'Final pay')], default='regular', max_length=12)),
                ('status', models.CharField(choices=[('computing', 'Being computed'), ('failed', 'Stopped'), ('computed', 'Computed'), ('approved', 'Approved'), ('posted', 'Posted'), ('paid', 'Paid'), ('cancelled', 'Cancelled')], default='computing', max_length=10)),
                ('employee_ids', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), blank=True, null=True, size=None)),
                ('counted_first_on', models.DateField()),
                ('counted_last_on', models.DateField()),
                ('payroll_count', models.PositiveIntegerField(default=0)),
                ('refused_count', models.PositiveIntegerField(default=0)),
                ('skipped_count', models.PositiveIntegerField(default=0)),
                ('outlier_count', models.PositiveIntegerField(default=0)),
                ('gross_total', models.DecimalField(decimal_places=2, default=0, max_digits=38)),
                ('net_total', models.DecimalField(decimal_places=2, default=0, max_digits=38)),
                ('computed_at', models.DateTimeField(blank=True, null=True)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('acknowledgement', models.TextField(blank=True)),
                ('posted_at', models.DateTimeField(blank=True, null=True)),
                ('paid_at', models.DateTimeField(blank=True, null=True)),
                ('approved_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hr.department')),
                ('job', models.OneToOneField(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                ('posted_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('acknowledged', models.JSONField(blank=True, default=dict, editable=False)),
            ],
            options={
                'ordering': ['-period_year', '-period_month', '-created_at', '-id'],
                'indexes': [models.Index(fields=['-period_year', '-period_month', '-created_at', '-id'], name='payroll_payrollrun_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['computing', 'failed', 'computed', 'approved', 'posted', 'paid', 'cancelled'])), name='payroll_payrollrun_status_is_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['regular', 'thr', 'bonus', 'off_cycle', 'correction', 'final'])), name='payroll_payrollrun_kind_is_known'), models.CheckConstraint(condition=models.Q(('period_month__range', (1, 12))), name='payroll_payrollrun_month_exists'), models.CheckConstraint(condition=models.Q(('counted_last_on__gte', models.F('counted_first_on'))), name='payroll_payrollrun_window_in_order')],
            },
        ),
        migrations.CreateModel(
            name='PayRate',
            fields=[
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=38)),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('source', models.CharField(choices=[('employee', "The employee's record"), ('payroll', 'Entered as a pay rate'), ('import', 'Imported')], default='payroll', max_length=10)),
                ('is_confirmed', models.BooleanField(default=True)),
                ('employee', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pay_rates', to='hr.employee')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['employee_id', 'valid'],
                'indexes': [models.Index(fields=['employee', 'valid'], name='payroll_payrate_of_employee')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='payroll_payrate_amount_not_negative'), models.CheckConstraint(condition=models.Q(('source__in', ['employee', 'payroll', 'import'])), name='payroll_payrate_source_is_known'), models.CheckConstraint(condition=models.Q(('valid__isempty', False)), name='payroll_payrate_has_days'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_confirmed', True)), expressions=[('employee', '='), ('valid', '&&')], name='payroll_payrate_no_overlap', violation_error_message='This employee has another pay rate in these days. End that one first.')],
            },
        ),
        migrations.CreateModel(
            name='SalaryComponent',
            fields=[
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('name', models.CharField(max_length=150)),
                ('type', models.CharField(choices=[('fixed', 'Fixed earning'), ('variable', 'Variable earning'), ('deduction', 'Deduction')], max_length=50)),
                ('default_amount', models.DecimalField(decimal_places=2, default=0, max_digits=38)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('is_prorated', models.BooleanField(default=False)),
                ('bases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(condition=models.Q(('deleted_at__isnull', True)), fields=['created_at', 'id'], name='payroll_salarycomponent_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('type__in', ['fixed', 'variable', 'deduction'])), name='payroll_salarycomponent_type_is_known'), models.CheckConstraint(condition=models.Q(('default_amount__gte', 0)), name='payroll_salarycomponent_default_not_negative'), models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True), models.Q(('code', ''), _negated=True)), fields=('code',), name='payroll_salarycomponent_code_unique', violation_error_code='duplicate', violation_error_message='Another component has this code.'), models.CheckConstraint(condition=models.Q(models.Q(('code', 'basic'), _negated=True), models.Q(('deleted_at__isnull', True), ('type', 'fixed')), _connector='OR'), name='payroll_salarycomponent_basic_stays_fixed', violation_error_message="The salary's own component stays a fixed earning and cannot be deleted.")],
            },
        ),
        migrations.CreateModel(
            name='Manifest',
            fields=[
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('number', models.PositiveIntegerField(unique=True)),
                ('previous_hash', models.CharField(blank=True, max_length=64)),
                ('hash', models.CharField(max_length=64)),
                ('entry_count', models.PositiveIntegerField()),
                ('run', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='manifest', to='payroll.payrollrun')),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.CreateModel(
            name='Payroll',
            fields=[
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('period_year', models.PositiveSmallIntegerField()),
                ('period_month', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('regular', 'Regular month'), ('thr', 'Holiday allowance (THR)'), ('bonus', 'Bonus'), ('off_cycle', 'Off cycle'), ('correction', 'Correction'), ('final', 'Final pay')], default='regular', max_length=12)),
                ('sequence', models.PositiveSmallIntegerField(default=1)),
                ('status', models.CharField(choices=[('computed', 'Computed'), ('approved', 'Approved'), ('posted', 'Posted'), ('cancelled', 'Cancelled')], default='computed', max_length=10)),
                ('gross_amount', models.DecimalField(decimal_places=2, max_digits=38)),
                ('deduction_amount', models.DecimalField(decimal_places=2, max_digits=38)),
                ('net_amount', models.DecimalField(decimal_places=2, max_digits=38)),
                ('employer_amount', models.DecimalField(decimal_places=2, default=0, max_digits=38)),
                ('generated_at', models.DateTimeField()),
                ('is_outlier', models.BooleanField(default=False)),
                ('warnings', models.JSONField(blank=True, default=list)),
                ('employee', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='payrolls', to='hr.employee')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payrolls', to='payroll.payrollrun')),
            ],
            options={
                'ordering': ['-period_year', '-period_month', 'employee_id', 'id'],
                'indexes': [models.Index(fields=['run', 'employee'], name='payroll_payroll_of_run'), models.Index(condition=models.Q(('status', 'cancelled'), _negated=True), fields=['-period_year', '-period_month', 'employee', 'id'], name='payroll_payroll_newest_period'), models.Index(fields=['employee', '-period_year', '-period_month', '-generated_at', '-id'], name='payroll_payroll_of_employee')],
                'constraints': [models.CheckConstraint(condition=models.Q(('status__in', ['computed', 'approved', 'posted', 'cancelled'])), name='payroll_payroll_status_is_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['regular', 'thr', 'bonus', 'off_cycle', 'correction', 'final'])), name='payroll_payroll_kind_is_known'), models.CheckConstraint(condition=models.Q(('period_month__range', (1, 12))), name='payroll_payroll_month_exists'), models.CheckConstraint(condition=models.Q(('net_amount', django.db.models.expressions.CombinedExpression(models.F('gross_amount'), '-', models.F('deduction_amount')))), name='payroll_payroll_net_adds_up'), models.CheckConstraint(condition=models.Q(('deduction_amount__gte', 0), ('employer_amount__gte', 0), ('net_amount__gte', 0)), name='payroll_payroll_amounts_not_negative'), models.UniqueConstraint(condition=models.Q(('kind__in', ['regular', 'final']), models.Q(('status', 'cancelled'), _negated=True)), fields=('employee', 'period_year', 'period_month'), name='payroll_payroll_one_salary_a_month'), models.UniqueConstraint(condition=models.Q(models.Q(('kind__in', ['regular', 'final']), _negated=True), models.Q(('status', 'cancelled'), _negated=True)), fields=('employee', 'period_year', 'period_month', 'kind', 'sequence'), name='payroll_payroll_once_a_period')],
            },
        ),
        migrations.CreateModel(
            name='RunFinding',
            fields=[
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('level', models.CharField(choices=[('refused', 'Refused'), ('skipped', 'Skipped'), ('posted', 'Posted before'), ('overtaken', 'Computed by a later run')], max_length=10)),
                ('code', models.CharField(max_length=60)),
                ('message', models.TextField()),
                ('subject', models.CharField(blank=True, max_length=60)),
                ('employee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hr.employee')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='findings', to='payroll.payrollrun')),
            ],
            options={
                'ordering': ['level', 'id'],
                'indexes': [models.Index(fields=['run', 'employee'], name='payroll_runfinding_of_run')],
                'constraints': [models.CheckConstraint(condition=models.Q(('level__in', ['refused', 'skipped', 'posted', 'overtaken'])), name='payroll_runfinding_level_is_known')],
            },
        ),
        migrations.CreateModel(
            name='PayRateEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=38)),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('source', models.CharField(choices=[('employee', "The employee's record"), ('payroll', 'Entered as a pay rate'), ('import', 'Imported')], default='payroll', max_length=10)),
                ('is_confirmed', models.BooleanField(default=True)),
                ('employee', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='hr.employee')),
                ('entered_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.payrate')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='SalaryAssignment',
            fields=[
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('kind', models.CharField(choices=[('regular', 'Regular month'), ('thr', 'Holiday allowance (THR)'), ('bonus', 'Bonus'), ('off_cycle', 'Off cycle'), ('correction', 'Correction'), ('final', 'Final pay')], default='regular', max_length=12)),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=38, null=True)),
                ('formula', models.CharField(blank=True, max_length=500)),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('employee', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='salary_assignments', to='hr.employee')),
                ('component', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='payroll.salarycomponent')),
            ],
            options={
                'ordering': ['employee_id', 'valid', 'id'],
                'indexes': [models.Index(fields=['employee', 'valid', 'id'], name='payroll_assignment_of_employee')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('amount__isnull', False), ('formula', '')), models.Q(('amount__isnull', True), models.Q(('formula', ''), _negated=True)), _connector='OR'), name='payroll_salaryassignment_amount_or_formula', violation_error_message='Give either an amount or a formula.'), models.CheckConstraint(condition=models.Q(('amount__isnull', True), ('amount__gte', 0), _connector='OR'), name='payroll_salaryassignment_amount_not_negative'), models.CheckConstraint(condition=models.Q(('kind__in', ['regular', 'thr', 'bonus', 'off_cycle', 'correction', 'final'])), name='payroll_salaryassignment_kind_is_known'), models.CheckConstraint(condition=models.Q(('valid__isempty', False), ('valid__startswith__isnull', False)), name='payroll_salaryassignment_has_days'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('employee', '='), ('component', '='), ('kind', '='), ('valid', '&&')], name='payroll_salaryassignment_no_overlap', violation_error_message='This component is assigned already in these days. End that assignment first.')],
            },
        ),
        migrations.CreateModel(
            name='SalaryComponentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('deleted_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('name', models.CharField(max_length=150)),
                ('type', models.CharField(choices=[('fixed', 'Fixed earning'), ('variable', 'Variable earning'), ('deduction', 'Deduction')], max_length=50)),
                ('default_amount', models.DecimalField(decimal_places=2, default=0, max_digits=38)),
                ('code', models.CharField(blank=True, max_length=40)),
                ('is_prorated', models.BooleanField(default=False)),
                ('bases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.salarycomponent')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ManifestEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('hash', models.CharField(max_length=64)),
                ('manifest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='payroll.manifest')),
                ('payroll', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='manifest_entry', to='payroll.payroll')),
            ],
            options={
                'ordering': ['manifest', 'position'],
                'constraints': [models.UniqueConstraint(fields=('manifest', 'position'), name='payroll_manifestentry_one_per_position')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=38)),
                ('paid_at', models.DateTimeField()),
                ('paid_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payroll', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='payment', to='payroll.payroll')),
            ],
            options={
                'ordering': ['-paid_at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='payroll_payment_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='PayrollItem',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('component_name', models.CharField(max_length=150)),
                ('kind', models.CharField(choices=[('earning', 'Earning'), ('deduction', 'Deduction'), ('employer', "Employer's cost")], max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=38)),
                ('note', models.TextField(blank=True, null=True)),
                ('reason', models.JSONField()),
                ('payroll', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='payroll.payroll')),
                ('component', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='payroll.salarycomponent')),
            ],
            options={
                'ordering': ['payroll_id', 'position'],
                'constraints': [models.UniqueConstraint(fields=('payroll', 'position'), name='payroll_payrollitem_one_per_position'), models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='payroll_payrollitem_amount_above_zero'), models.CheckConstraint(condition=models.Q(('kind__in', ['earning', 'deduction', 'employer'])), name='payroll_payrollitem_kind_is_known')],
            },
        ),
        migrations.CreateModel(
            name='PayrollSnapshot',
            fields=[
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('period_year', models.PositiveSmallIntegerField()),
                ('period_month', models.PositiveSmallIntegerField()),
                ('gross_amount', models.DecimalField(decimal_places=2, max_digits=38)),
                ('net_amount', models.DecimalField(decimal_places=2, max_digits=38)),
                ('inputs', models.TextField()),
                ('inputs_fingerprint', models.CharField(max_length=64)),
                ('result_hash', models.CharField(max_length=64)),
                ('rule_version', models.CharField(max_length=20)),
                ('pack', models.CharField(max_length=40)),
                ('pack_version', models.CharField(max_length=40)),
                ('employee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hr.employee')),
                ('payroll', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='snapshot', to='payroll.payroll')),
            ],
            options={
                'ordering': ['-created_at'],
            },
        ),
        migrations.CreateModel(
            name='SalaryAssignmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.UUIDField(default=peoplesync.core.models.new_id, editable=False, serialize=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('kind', models.CharField(choices=[('regular', 'Regular month'), ('thr', 'Holiday allowance (THR)'), ('bonus', 'Bonus'), ('off_cycle', 'Off cycle'), ('correction', 'Correction'), ('final', 'Final pay')], default='regular', max_length=12)),
                ('amount', models.DecimalField(blank=True, decimal_places=2, max_digits=38, null=True)),
                ('formula', models.CharField(blank=True, max_length=500)),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('employee', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='hr.employee')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='payroll.salaryassignment')),
                ('component', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='payroll.salarycomponent')),
            ],
            options={
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payrate',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_payrateevent" ("amount", "created_at", "employee_id", "entered_by_id", "id", "is_confirmed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "updated_at", "valid") VALUES (NEW."amount", NEW."created_at", NEW."employee_id", NEW."entered_by_id", NEW."id", NEW."is_confirmed", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."updated_at", NEW."valid"); RETURN NULL;', hash='de0147dc08449b7945dff1a2f9e973a2bfc90774', operation='INSERT', pgid='pgtrigger_insert_insert_7107c', table='payroll_payrate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='payrate',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_payrateevent" ("amount", "created_at", "employee_id", "entered_by_id", "id", "is_confirmed", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "updated_at", "valid") VALUES (NEW."amount", NEW."created_at", NEW."employee_id", NEW."entered_by_id", NEW."id", NEW."is_confirmed", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."updated_at", NEW."valid"); RETURN NULL;', hash='bab154a7e17b05b1f90ce10aa16e2e56836ea856', operation='UPDATE', pgid='pgtrigger_update_update_118f8', table='payroll_payrate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='salarycomponent',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_salarycomponentevent" ("bases", "code", "created_at", "default_amount", "deleted_at", "id", "is_prorated", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "type", "updated_at") VALUES (NEW."bases", NEW."code", NEW."created_at", NEW."default_amount", NEW."deleted_at", NEW."id", NEW."is_prorated", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."type", NEW."updated_at"); RETURN NULL;', hash='0a3e65295eb86b077760bfd3db321a7008aa13d9', operation='INSERT', pgid='pgtrigger_insert_insert_7a214', table='payroll_salarycomponent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='salarycomponent',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_salarycomponentevent" ("bases", "code", "created_at", "default_amount", "deleted_at", "id", "is_prorated", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "type", "updated_at") VALUES (NEW."bases", NEW."code", NEW."created_at", NEW."default_amount", NEW."deleted_at", NEW."id", NEW."is_prorated", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."type", NEW."updated_at"); RETURN NULL;', hash='d8673ed9a15475ac33437923d44d578aa412e5bb', operation='UPDATE', pgid='pgtrigger_update_update_4d823', table='payroll_salarycomponent', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='salaryassignment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "payroll_salaryassignmentevent" ("amount", "component_id", "created_at", "employee_id", "formula", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "valid") VALUES (NEW."amount", NEW."component_id", NEW."created_at", NEW."employee_id", NEW."formula", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."updated_at", NEW."valid"); RETURN NULL;', hash='eea3aef9e528c3afa66a1c8c0de3a1e4f53f6af9', operation='INSERT', pgid='pgtrigger_insert_insert_231f0', table='payroll_salaryassignment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='salaryassignment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "payroll_salaryassignmentevent" ("amount", "component_id", "created_at", "employee_id", "formula", "id", "kind", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "updated_at", "valid") VALUES (NEW."amount", NEW."component_id", NEW."created_at", NEW."employee_id", NEW."formula", NEW."id", NEW."kind", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."updated_at", NEW."valid"); RETURN NULL;', hash='38fb83ba7eb562c18b943c067d2f96becbd05d0a', operation='UPDATE', pgid='pgtrigger_update_update_2020b', table='payroll_salaryassignment', when='AFTER')),
        ),
    ]
