"""As in English: a comma that groups thousands here and begins the cents there costs money."""

from django.conf.locale.en.formats import *  # noqa: F403
