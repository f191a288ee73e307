"""All settings, from the environment (GUANXI_*). docs/operate/settings.md explains each."""

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONCE, NONE, SELF, STRICT_DYNAMIC
from django.utils.translation import gettext_lazy as _
from psycopg.conninfo import conninfo_to_dict

from guanxi.config import environment as env
from guanxi.config.postgres import database_url

PACKAGE = Path(__file__).resolve().parent.parent
HOME = env.made_home()

DEBUG = env.boolean("GUANXI_DEBUG", default=False)
SECRET_KEY = env.secret("GUANXI_SECRET_KEY")
# The keys of sealed columns: given, else in a file that the first start makes.
KEY_RING = env.text("GUANXI_KEY_RING")
KEY_RING_FILE = str(HOME / "key-ring.json")
PORT = env.integer("GUANXI_PORT", 8000, low=1, high=65535)
HOST = env.text("GUANXI_HOST", "127.0.0.1")
PUBLIC_ORIGIN = env.origin("GUANXI_ORIGIN", f"http://localhost:{PORT}")
ALLOWED_HOSTS = env.hosts("GUANXI_ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]
TRUSTED_PROXIES = env.integer("GUANXI_TRUSTED_PROXIES", 0, low=0, high=5)
HTTPS = PUBLIC_ORIGIN.startswith("https://")

_CORES = os.cpu_count() or 1
WEB_PROCESSES = env.integer("GUANXI_WEB_PROCESSES", min(_CORES, 4), low=1, high=64)
WEB_THREADS = env.integer("GUANXI_WEB_THREADS", 4, low=1, high=64)
WORKER_THREADS = env.integer("GUANXI_WORKER_THREADS", 2, low=1, high=64)
# Whether the first start of an empty house loads the demo data.
DEMO = env.boolean("GUANXI_DEMO", default=True)
DRAIN_SECONDS = env.integer("GUANXI_DRAIN_SECONDS", 2, low=0, high=120)
# No page may hold the database longer; jobs and commands may (0: no limit).
STATEMENT_SECONDS = env.integer("GUANXI_STATEMENT_SECONDS", 15, low=0, high=86_400)
# Off behind a pooler that hands each transaction to another session.
PREPARED_STATEMENTS = env.boolean("GUANXI_PREPARED_STATEMENTS", default=True)
# Who asks for nothing so long has to sign in again (0: only after twelve hours).
IDLE_MINUTES = env.integer("GUANXI_IDLE_MINUTES", 0, low=0, high=720)
# How long it is known who saw which protected values (0: for ever).
ACCESS_LOG_DAYS = env.integer("GUANXI_ACCESS_LOG_DAYS", 0, low=0, high=36_500)
# How many values in clear one person may have shown within an hour (0: no limit).
REVEALS_PER_HOUR = env.integer("GUANXI_REVEALS_PER_HOUR", 60, low=0, high=10_000)
# Written by each backup that succeeded; how old it is stands on the security page.
LAST_BACKUP_FILE = HOME / "last-backup.json"
# What the data folder knows of the end of the access log's chain (empty: nothing).
ACCESS_HEAD_FILE = str(HOME / "access-log-head.json")
# How often one token, or one person's session, may ask the REST interface.
API_PER_MINUTE = env.integer("GUANXI_API_PER_MINUTE", 600, low=1, high=1_000_000)

# The rooms, from the ground floor up.
ROOMS = [
    "identity",
    "customers",
    "interactions",
    "sales",
    "service",
    "loyalty",
    "marketing",
    "analytics",
    "actions",
]

INSTALLED_APPS = [
    "guanxi.foundation",
    *(f"guanxi.{room}" for room in ROOMS),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "django_htmx",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "guanxi.foundation.middleware.IdleMiddleware",
    "guanxi.foundation.middleware.PersonalMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "guanxi.foundation.middleware.RefusalMiddleware",
    "guanxi.foundation.rest.middleware.RestMiddleware",
    "guanxi.foundation.middleware.UploadLimitMiddleware",
]

ROOT_URLCONF = "guanxi.config.urls"
WSGI_APPLICATION = "guanxi.config.wsgi.application"

_CACHED = [
    (
        "django.template.loaders.cached.Loader",
        [
            "django.template.loaders.filesystem.Loader",
            "django.template.loaders.app_directories.Loader",
        ],
    )
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": _CACHED,
            "builtins": [
                "guanxi.foundation.templatetags.ui",
                "django.templatetags.i18n",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "guanxi.foundation.context.shell",
            ],
        },
    }
]


_SESSION = {
    "statement_timeout": STATEMENT_SECONDS * 1000,
    "idle_in_transaction_session_timeout": 60_000,
    # Our lists join a record with a handful of names. To try all orders of six joins
    # takes three times as long as to run them; the first four are what matters.
    "join_collapse_limit": 4,
}


def _database(url: str) -> dict[str, object]:
    """Return Django's settings for ``postgresql://user:password@host:port/name?…``."""
    given = conninfo_to_dict(url)
    ours = [f"-c {name}={value}" for name, value in _SESSION.items()]
    theirs = given.pop("options", "")
    return {
        "ENGINE": "guanxi.config.database",
        "NAME": given.pop("dbname"),
        "USER": given.pop("user", ""),
        "PASSWORD": given.pop("password", ""),
        "HOST": given.pop("host", ""),
        "PORT": given.pop("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **given,
            "options": f"{' '.join(ours)} {theirs}",
            # What comes for the sixth time is planned no more: planning took half of
            # what the database spends on a page.
            "server_side_binding": PREPARED_STATEMENTS,
            "prepare_threshold": 5 if PREPARED_STATEMENTS else None,
        },
    }


DATABASES = {"default": _database(database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "foundation_cache",
    }
}

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["guanxi.identity.backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "guanxi.identity.backends.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"
    },
    {"NAME": "guanxi.identity.backends.RepeatedCharacterValidator"},
]
ACCOUNT_ADAPTER = "guanxi.identity.backends.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "guanxi.identity.forms.sign_in.LoginForm",
    "reset_password": "guanxi.identity.forms.sign_in.ResetPasswordForm",
    "reset_password_from_key": "guanxi.identity.forms.sign_in.ResetPasswordKeyForm",
    "change_password": "guanxi.identity.forms.sign_in.ChangePasswordForm",
    "reauthenticate": "guanxi.identity.forms.sign_in.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_ADAPTER = "guanxi.identity.backends.MFAAdapter"
MFA_FORMS = {
    "authenticate": "guanxi.identity.forms.sign_in.AuthenticateForm",
    "reauthenticate": "guanxi.identity.forms.sign_in.ReauthenticateCodeForm",
    "activate_totp": "guanxi.identity.forms.sign_in.ActivateTOTPForm",
    "add_webauthn": "guanxi.identity.forms.sign_in.AddWebAuthnForm",
    "edit_webauthn": "guanxi.identity.forms.sign_in.EditWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# The administrator gives the addresses; nobody is asked to confirm one.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
USERSESSIONS_TRACK_ACTIVITY = False
OIDC_ISSUER = env.issuer("GUANXI_OIDC_ISSUER")
OIDC_NAME = env.text("GUANXI_OIDC_NAME", "SSO")
OIDC_GROUPS_CLAIM = env.text("GUANXI_OIDC_GROUPS_CLAIM", "groups")
OIDC_CREATES_USERS = env.boolean("GUANXI_OIDC_CREATE_USERS", default=False)
OIDC_TRUSTS_EMAIL = env.boolean("GUANXI_OIDC_TRUST_EMAIL", default=False)
SOCIALACCOUNT_ADAPTER = "guanxi.identity.backends.ProviderAdapter"
# The state in the session keeps others from starting it; a form could not lead away.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
_OIDC_APP = {
    "provider_id": "sso",
    "name": OIDC_NAME,
    "client_id": env.text("GUANXI_OIDC_CLIENT_ID"),
    "secret": env.text("GUANXI_OIDC_CLIENT_SECRET"),
    "settings": {"server_url": OIDC_ISSUER},
}
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [_OIDC_APP] if OIDC_ISSUER else [],
        "OAUTH_PKCE_ENABLED": True,
    }
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"

SESSION_ENGINE = "guanxi.identity.sessions"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=730).total_seconds()) if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE, STRICT_DYNAMIC],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = env.choice("GUANXI_LANGUAGE", "zh-hans", ("zh-hans", "en"))
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
TIME_ZONE = env.time_zone("GUANXI_TIME_ZONE", "Asia/Shanghai")
LOCALE_PATHS = [PACKAGE / "config" / "locale"]
USE_TZ = True
USE_I18N = True
CURRENCY = env.currency("GUANXI_CURRENCY", "CNY")

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
FILES_ROOT = HOME / "files"
TOMBSTONES = HOME / "erased.jsonl"
WAREHOUSE_ROOT = HOME / "warehouse"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": FILES_ROOT},
    },
    "staticfiles": {
        "BACKEND": "guanxi.config.static_files.StaticFiles",
    },
}
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# Where clamd listens, “/path/to/socket” or “host:port”; empty: files go unchecked.
CLAMD = env.scanner("GUANXI_CLAMD")
# Extensions that are taken beside those the product knows.
FILE_TYPES = frozenset(
    name.lstrip(".").lower() for name in env.listed("GUANXI_FILE_TYPES")
)
UPLOAD_LIMIT = env.integer("GUANXI_UPLOAD_MB", 500, low=1, high=10_000) * 2**20

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.text("GUANXI_SMTP_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.text("GUANXI_SMTP_HOST")
EMAIL_PORT = env.integer("GUANXI_SMTP_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = env.text("GUANXI_SMTP_USER")
EMAIL_HOST_PASSWORD = env.text("GUANXI_SMTP_PASSWORD")
EMAIL_USE_TLS = env.boolean("GUANXI_SMTP_TLS", default=True)
DEFAULT_FROM_EMAIL = env.text("GUANXI_MAIL_FROM", "guanxi@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "filters": {"answers": {"()": "guanxi.config.health.Answers"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "guanxi": {"level": "INFO"},
        "django.request": {"level": "ERROR", "filters": ["answers"]},
        "procrastinate": {"level": "WARNING"},
    },
}
