"""The database of the tests that cross packages is that of the tests beside the code."""

from conftest import _documents_in_a_folder_of_the_test, committed_db, django_db_setup

__all__ = ["_documents_in_a_folder_of_the_test", "committed_db", "django_db_setup"]
