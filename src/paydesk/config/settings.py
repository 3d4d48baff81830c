"""Settings of the desk, from environment variables. Every variable stands in docs/how-to/configure.md."""

from __future__ import annotations

import os
from pathlib import Path

from paydesk.config.database_url import database_from_url

PACKAGE = Path(__file__).resolve().parent.parent
# Everything this installation keeps (private database, documents, secret key) is under one folder.
HOME = Path(os.environ.get("PAYDESK_HOME") or Path.cwd() / ".paydesk")

DEBUG = os.environ.get("PAYDESK_DEBUG") == "1"
SERVER_TIMING = os.environ.get("PAYDESK_SERVER_TIMING") == "1"
SECRET_KEY = os.environ.get("PAYDESK_SECRET_KEY") or "only-for-tests-and-local-commands"
# Where the desk is reached from outside, for addresses in mails of the worker; empty: it writes none.
PUBLIC_ADDRESS = os.environ.get("PAYDESK_ADDRESS", "")
ALLOWED_HOSTS = os.environ.get("PAYDESK_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("PAYDESK_ORIGINS", "").split(",") if o]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "procrastinate.contrib.django",
    "paydesk.foundation.audit",
    "paydesk.foundation.people",
    "paydesk.foundation.documents",
    "paydesk.foundation.clocks",
    "paydesk.foundation.approvals",
    "paydesk.foundation.assignments",
    "paydesk.foundation.saved_views",
    "paydesk.foundation.outbox",
    "paydesk.foundation.inbox",
    "paydesk.domain.parties",
    "paydesk.domain.providers",
    "paydesk.domain.pricing",
    "paydesk.domain.ledger",
    "paydesk.domain.cases",
    "paydesk.domain.doors",
    "paydesk.domain.text_messages",
    "paydesk.domain.risk",
    "paydesk.domain.contracts",
    "paydesk.domain.statements",
    "paydesk.domain.payments",
    "paydesk.domain.callbacks",
    "paydesk.domain.hand_receipts",
    "paydesk.domain.refunds",
    "paydesk.domain.goodwill",
    "paydesk.domain.marketplace",
    "paydesk.domain.reversal_requests",
    "paydesk.domain.disputes",
    "paydesk.domain.reconciliation",
    "paydesk.domain.quality",
    "paydesk.domain.triage",
    "paydesk.domain.routing",
    "paydesk.domain.incidents",
    "paydesk.domain.improvements",
    "paydesk.domain.retention",
    "paydesk.reporting.books",
    "paydesk.reporting.two_file_runs",
    "paydesk.reporting.routes",
    "paydesk.web",
]

MIDDLEWARE = [
    "paydesk.web.timing.ServerTiming",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "paydesk.web.middleware.ReadsOnce",
    "paydesk.web.language.InOwnLanguage",
    "paydesk.web.middleware.SignInRequired",
    "paydesk.web.middleware.RefusedAsConflict",
]

ROOT_URLCONF = "paydesk.config.urls"
WSGI_APPLICATION = "paydesk.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Each screen keeps its templates in its own folder; they come before those of other apps.
        "DIRS": [PACKAGE / "web" / "templates", *sorted((PACKAGE / "web").glob("*/templates"))],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "paydesk.web.context.desk",
            ],
            "builtins": ["paydesk.web.templatetags.desk", "django.templatetags.i18n"],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets of ours come before Django's

# DATABASE_URL names the owner role. The application works under a role without ownership: SET ROLE on
# connect, or DATABASE_APP_URL. PAYDESK_AS_OWNER=1 is set by commands that migrate.
DATABASE_URL = os.environ.get("DATABASE_URL") or "postgresql://paydesk@127.0.0.1:5432/paydesk"
DATABASE_APP_URL = os.environ.get("DATABASE_APP_URL", "")
APP_ROLE = "paydesk_app"
AS_OWNER = os.environ.get("PAYDESK_AS_OWNER") == "1"
DATABASES = {
    "default": database_from_url(
        DATABASE_URL if AS_OWNER or not DATABASE_APP_URL else DATABASE_APP_URL,
        role=None if AS_OWNER or DATABASE_APP_URL else APP_ROLE,
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False  # verbs open their own durable transactions

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["paydesk.foundation.people.sign_in.SignedIn"]
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_ADAPTER = "paydesk.foundation.people.sign_in.DeskSignIn"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
MFA_ADAPTER = "paydesk.foundation.people.second_factors.DeskFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # administrators give the addresses; nobody signs up
MFA_TOTP_ISSUER = "paydesk"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Sign-in attempts are counted there, by all web processes together (allauth's own limits: 5 wrong passwords,
# and 5 wrong codes, per account in 5 minutes, 10 a minute and 30 attempts a minute per address).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Parts of pages that many look at, in each process: {% cache %}. For a minute at most.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "parts of pages",
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    },
}

USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
USE_I18N = True
# Of the pages that visitors see, and of the desk's own.
LOCALE_PATHS = [PACKAGE / "web" / "public" / "locale", PACKAGE / "web" / "locale"]
FORMAT_MODULE_PATH = ["paydesk.config.formats"]

STATIC_URL = "static/"
# Served straight from the package: there is nothing to collect, so no folder that may be missing or stale.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
DOCUMENTS_FOLDER = HOME / "documents"
POST_FOLDER = HOME / "post"  # of mailboxes without servers: those of the demo company
DOCUMENT_SIZE_LIMIT_BYTES = int(os.environ.get("PAYDESK_DOCUMENT_LIMIT_MB", "512")) * 1024 * 1024
# Two files reconciled: how long they are kept, what a run may take, when a workbook is too long.
TWO_FILES_KEPT_DAYS = int(os.environ.get("PAYDESK_TWO_FILES_DAYS", "30"))
TWO_FILES_MEMORY = os.environ.get("PAYDESK_TWO_FILES_MEMORY", "1GB")
TWO_FILES_WORKBOOK_ROWS = 100_000  # as of other lists: a larger one takes minutes to write and to open
# How providers are asked about payments: a TOML file with their addresses and our keys (see configure.md).
CONNECTIONS_FILE = os.environ.get("PAYDESK_CONNECTIONS") or None
CALLBACK_LIMIT_BYTES = 64 * 1024
CALLBACKS_PER_MINUTE = int(os.environ.get("PAYDESK_CALLBACKS_PER_MINUTE", "6000"))
# Addresses of our own reverse proxies: only what they add to X-Forwarded-For is believed.
TRUSTED_PROXIES = [a for a in os.environ.get("PAYDESK_PROXIES", "").replace(",", " ").split() if a]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# Named origins are all over TLS: cookies then go over TLS only.
SESSION_COOKIE_SECURE = bool(CSRF_TRUSTED_ORIGINS) and all(
    origin.startswith("https://") for origin in CSRF_TRUSTED_ORIGINS
)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = False
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("PAYDESK_LOG_LEVEL", "WARNING")},
}
