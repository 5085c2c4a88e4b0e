from itertools import islice

import django.db.models.deletion
from django.db import migrations, models

from ledger.models.names import texts_of


def file_names(apps, schema_editor):
    """Give the entries that are there the parts of their names, as saving them does from now on."""
    for model, names in (("Worker", ["name"]), ("Enterprise", ["name", "contact_name"])):
        parts = apps.get_model("ledger", f"{model}NamePart")
        entries = apps.get_model("ledger", model).objects.order_by("pk").values_list("pk", "community_id", *names)
        rows = (
            parts(entry_id=pk, community_id=community, text=text)
            for pk, community, *texts in entries.iterator()
            for text in sorted(texts_of(*texts))
        )
        while batch := list(islice(rows, 5_000)):
            parts.objects.bulk_create(batch)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0005_duplicates'),
        ('station', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='EnterpriseNamePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.BinaryField(max_length=80, verbose_name='名字的一段')),
                ('community', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='station.community', verbose_name='社区')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_parts', to='ledger.enterprise', verbose_name='企业')),
            ],
            options={
                'verbose_name': '企业名称查找',
                'verbose_name_plural': '企业名称查找',
                'abstract': False,
                'indexes': [models.Index(fields=['community', 'text', 'entry'], name='enterprisenamepart_community'), models.Index(fields=['text', 'entry'], name='enterprisenamepart_anywhere')],
            },
        ),
        migrations.CreateModel(
            name='WorkerNamePart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.BinaryField(max_length=80, verbose_name='名字的一段')),
                ('community', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='station.community', verbose_name='社区')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='name_parts', to='ledger.worker', verbose_name='人员')),
            ],
            options={
                'verbose_name': '人员姓名查找',
                'verbose_name_plural': '人员姓名查找',
                'abstract': False,
                'indexes': [models.Index(fields=['community', 'text', 'entry'], name='workernamepart_community'), models.Index(fields=['text', 'entry'], name='workernamepart_anywhere')],
            },
        ),
        migrations.RemoveIndex(
            model_name='worker',
            name='worker_of_community',
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(fields=['community', 'number'], name='worker_of_community'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(fields=['grid', 'number'], name='worker_of_grid'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(fields=['state', 'number'], name='worker_in_state'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(fields=['occupation', 'number'], name='worker_by_occupation'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(fields=['community', 'grid', 'occupation', 'state', 'last_confirmed_on'], name='worker_figures'),
        ),
        migrations.RunPython(file_names, migrations.RunPython.noop),
    ]
