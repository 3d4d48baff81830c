"""What the web server runs."""

import os

from django.core.wsgi import get_wsgi_application

from paydesk.config.garbage import look_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paydesk.config.settings")
application = get_wsgi_application()
look_seldom()
