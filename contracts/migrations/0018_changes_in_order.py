from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('contracts', '0017_template_report'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['employer', 'effective_on', 'id'], name='change_by_day'),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['employer', 'state', 'effective_on'], name='change_in_state'),
        ),
    ]
