"""Uploaded files."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "paydesk.foundation.documents"
    label = "documents"
    verbose_name = "Documents"
