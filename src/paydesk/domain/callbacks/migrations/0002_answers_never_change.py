"""What was asked and answered stays."""

from django.db import migrations

from paydesk.foundation.audit import append_only


class Migration(migrations.Migration):
    dependencies = [("callbacks", "0001_pending_payments"), ("audit", "0002_append_only_function")]
    operations = [*append_only.operations("callbacks_statusanswer")]
