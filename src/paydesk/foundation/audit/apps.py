"""The audit trail as an application of the desk."""

from django.apps import AppConfig

# Not id and tx_id: nobody chooses the place of a record in the trail.
WRITTEN_COLUMNS = (
    "at",
    "actor",
    "person_id",
    "verb",
    "subject_kind",
    "subject_id",
    "market",
    "changes",
    "note",
)


class AuditConfig(AppConfig):
    name = "paydesk.foundation.audit"
    label = "audit"
    verbose_name = "Audit trail"

    def ready(self) -> None:
        from paydesk.foundation.audit import append_only

        append_only.declare("audit_record", insert=WRITTEN_COLUMNS)
        append_only.declare("audit_seal")
        append_only.declare("django_migrations", insert=False)
        append_only.connect(self)
