"""What the web server runs, with all screens read before the first is asked for."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from paydesk.config.garbage import look_never, look_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paydesk.config.settings")
look_never()
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
look_seldom()
