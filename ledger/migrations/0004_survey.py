from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("ledger", "0003_imports"),
    ]

    operations = [
        migrations.AlterField(
            model_name="surveyentry",
            name="result",
            field=models.CharField(choices=[("to_check", "待核查"), ("confirmed", "无变化"), ("changed", "有变化"), ("left", "已离开"), ("new", "新发现"), ("returned", "又回来了")], default="to_check", editable=False, max_length=10, verbose_name="结果"),
        ),
    ]
