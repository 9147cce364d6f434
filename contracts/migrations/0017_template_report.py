from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0016_signed_elsewhere'),
    ]

    operations = [
        migrations.AddField(
            model_name='template',
            name='report',
            field=models.JSONField(null=True),
        ),
    ]
