"""All settings. Every choice an installation makes is an environment variable; the defaults run the embedded set-up.

Secrets are read from ``NAME`` or from the file that ``NAME_FILE`` points to. A missing secret stops the start.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

BASE_DIR = Path(__file__).resolve().parent.parent


def env(name: str, default: str = "") -> str:
    """The variable, or the content of the file named by ``<name>_FILE``, or the default."""
    if path := os.environ.get(f"{name}_FILE"):
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(
                f"{name}_FILE points to {path}, which cannot be read: {error.strerror}"
            ) from None
    return os.environ.get(name, default)


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes, on."""
    value = env(name)
    return value.lower() in {"1", "true", "yes", "on"} if value else default


def number(name: str, default: int) -> int:
    """A whole number, or an error that names the variable."""
    value = env(name)
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not “{value}”.") from None


DATA_DIR = Path(env("WORKBENCH_DATA_DIR") or BASE_DIR / "var").resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)


def database(url: str) -> dict[str, Any]:
    """A Django database entry for ``sqlite:///path`` or ``postgres://user:password@host:port/name?option=value``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # What is deleted is overwritten, so that no erased key is left in a corner of the file. What is replaced is deleted, so that the
                # triggers which keep rows see that too.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA recursive_triggers=ON;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ImproperlyConfigured("WORKBENCH_DATABASE_URL must start with sqlite:/// or postgres://.")


DEBUG = flag("WORKBENCH_DEBUG")
WORKBENCH_DEMO = flag("WORKBENCH_DEMO")
WORKBENCH_ORG_NAME = env("WORKBENCH_ORG_NAME", "Nordwerk Automation" if WORKBENCH_DEMO else "")

SECRET_KEY = env("WORKBENCH_SECRET_KEY")
if not SECRET_KEY:
    _key_file = DATA_DIR / "secret.key"
    SECRET_KEY = _key_file.read_text(encoding="utf-8").strip() if _key_file.exists() else ""
# The key ring that wraps data keys: "id:base64[,id:base64…]", newest first. See workbench.privacy.keyring.
WORKBENCH_KEYRING = env("WORKBENCH_KEYRING")
WORKBENCH_KEYRING_PATH = DATA_DIR / "keyring"
# The keys that sign checkpoints of the log, one a line, the active one first. See audit.keys.
WORKBENCH_SEAL_KEYS = env("WORKBENCH_SEAL_KEYS")
WORKBENCH_SEAL_KEYS_PATH = DATA_DIR / "seal-keys"
# The keys that sign badges, PEM, the active one first. See workbench.privacy.badgekeys.
WORKBENCH_BADGE_KEYS = env("WORKBENCH_BADGE_KEYS")
WORKBENCH_BADGE_KEYS_PATH = DATA_DIR / "badge-keys"
#: Which data keys were destroyed, outside of the database and of its backups.
WORKBENCH_ERASED_PATH = DATA_DIR / "erased-keys"
if not SECRET_KEY:
    # `manage.py ensure_keys` makes the files; nothing else starts without a key.
    SECRET_KEY = "insecure-only-for-ensure-keys" if os.environ.get("WORKBENCH_ENSURE_KEYS") else ""

ALLOWED_HOSTS = [host for host in env("WORKBENCH_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host]
CSRF_TRUSTED_ORIGINS = [origin for origin in env("WORKBENCH_TRUSTED_ORIGINS").split(",") if origin]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "audit",
    "workbench.accounts",
    "workbench.privacy",
    "policies",
    "workbench.runs",
    "training",
    "workbench.gate",
    "workbench.shell",
    "workbench.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "workbench.accounts.middleware.TextAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "workbench.accounts.middleware.PersonLanguageMiddleware",
    "workbench.accounts.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "workbench.urls"
WSGI_APPLICATION = "workbench.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "workbench" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workbench.shell.context_processors.shell",
                "workbench.demo.context_processors.people",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

DATABASES = {"default": database(env("WORKBENCH_DATABASE_URL") or f"sqlite:///{DATA_DIR / 'workbench.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "workbench.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Sales AI Workbench"

# Web
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE = flag("WORKBENCH_HTTPS", not (DEBUG or WORKBENCH_DEMO))
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
# Probes of orchestrators come over plain HTTP to the process itself; the answer holds nothing.
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = number("WORKBENCH_HSTS_SECONDS", 31536000) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
if flag("WORKBENCH_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
# The largest thing anybody sends is a transcript; more than this is refused before it is read into memory.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
CSRF_FAILURE_VIEW = "workbench.shell.views.csrf_failure"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "workbench" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or WORKBENCH_DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or WORKBENCH_DEMO
if WHITENOISE_USE_FINDERS:
    # Nothing is collected here; WhiteNoise warns about a folder that is not there.
    STATIC_ROOT.mkdir(exist_ok=True)

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
FORMAT_MODULE_PATH = ["workbench.formats"]
LOCALE_PATHS = [BASE_DIR / "workbench" / "locale"]
USE_TZ = True
TIME_ZONE = env("WORKBENCH_TIME_ZONE", "Europe/Berlin")

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "workbench.accounts.api.base.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["workbench.accounts.api.base.BodyParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "workbench.accounts.api.base.KeysetPagination",
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "workbench.accounts.api.base.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sales AI Workbench",
    "DESCRIPTION": "The same services as the pages, with the same rules.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ExerciseKindEnum": "training.models.exercises.Kind",
        "CoachingKindEnum": "training.models.coaching.Occasion",
        "KeptKindEnum": "workbench.privacy.models.Kind",
        "RunStateEnum": "workbench.runs.models.State",
        "PolicyStateEnum": "policies.models.PolicyState",
        "PromptStateEnum": "policies.models.PromptState",
        "CategoryEnum": "policies.models.Category",
        "LanguageEnum": [("en", "English"), ("de", "Deutsch")],
    },
}

# Background work
_broker = env("WORKBENCH_BROKER_URL") or "filesystem://"
CELERY_BROKER_URL = _broker
if _broker.startswith("filesystem"):
    _queue = DATA_DIR / "broker"
    for _folder in ("queue", "processed", "control"):
        (_queue / _folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "data_folder_in": str(_queue / "queue"),
        "data_folder_out": str(_queue / "queue"),
        "processed_folder": str(_queue / "processed"),
        "control_folder": str(_queue / "control"),
        "store_processed": False,
        "polling_interval": 0.02,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
SWEEP_SECONDS = number("WORKBENCH_SWEEP_SECONDS", 10)
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "workbench.runs.tasks.sweep", "schedule": SWEEP_SECONDS},
    "mails": {"task": "workbench.accounts.tasks.send_mails", "schedule": 60},
    "anchors": {"task": "audit.tasks.deliver", "schedule": 60},
    "retention": {"task": "workbench.privacy.tasks.carry_on_removals", "schedule": 60},
    "retention-due": {"task": "workbench.privacy.tasks.tell_what_is_due", "schedule": 6 * 3600},
    "verify": {"task": "audit.tasks.verify_when_due", "schedule": 120},
    "reminders": {"task": "training.tasks.remind", "schedule": 3600},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

if _broker.startswith("redis"):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _broker}}

# What waits for a person, beside the entries of the navigation.
WORKBENCH_NAV_COUNTS = {
    "runs:desk": "workbench.runs.services.waiting_count",
    "training:exercises": "training.standing.open_count",
}
# Pages of the navigation that do not concern everybody with the role.
WORKBENCH_NAV_CONCERNED = {"training:coaching": "training.permissions.is_concerned_by_coaching"}
# What else waits on the home page: functions ``(user) -> list[workbench.runs.waiting.Waiting]``.
WORKBENCH_WAITING = (
    "training.waiting.assigned_paths",
    "training.waiting.agreed_after_coaching",
    "training.waiting.assessments_due",
)
# Where what is stored about a person is found (see workbench.accounts.record).
WORKBENCH_RECORD = (
    "workbench.accounts.record",
    "policies.record",
    "workbench.runs.record",
    "training.record",
    "workbench.privacy.record",
)
# What else must agree with the log (see audit.verifying), and what the health page asks besides its own checks.
#: Modules that say which records a data key belongs to, and what they hold.
WORKBENCH_SUBJECT_RECORDS = ("workbench.runs.subjects", "policies.subjects", "training.subjects")
# What else people typed and the sweeper looks through for people (see workbench.runs.typed).
WORKBENCH_TYPED = ("training.subjects.typed",)
WORKBENCH_COMPLETENESS = ("workbench.runs.completeness.check",)
# Where readers of the log find what people wrote: reasons, rationales. The log holds none of it.
WORKBENCH_AUDIT_TEXTS = ("workbench.runs.words.of_events", "policies.words.of_events")
# Who has the figures about runs (see policies.figures).
WORKBENCH_FIGURES = "workbench.runs.figures"
# Who knows how the fundamentals stand that a policy may rest on (see policies.fundamentals).
WORKBENCH_FUNDAMENTALS = "training.readiness"
# Who knows which worksheets help with an activity (see policies.worksheets).
WORKBENCH_WORKSHEETS = "training.offers.worksheets_for"
# How often the log's tree is signed, and where the signed heads go: "Name=address" entries separated by semicolons.
WORKBENCH_CHECKPOINT_SECONDS = number("WORKBENCH_CHECKPOINT_SECONDS", 900)
WORKBENCH_ANCHORS = env("WORKBENCH_ANCHORS")
WORKBENCH_ANCHORS_PATH = DATA_DIR / "anchors"
# Streams of events to security information systems: "ocsf+file:/path; cef+syslog-tcp://host:514". See audit.siem.
WORKBENCH_SIEM = env("WORKBENCH_SIEM")
WORKBENCH_SIEM_TOKEN = env("WORKBENCH_SIEM_TOKEN")
# Where xAPI statements go: "file:/path; https://lrs.example.com/xapi", and "key:secret" for the latter. See training.xapi.
WORKBENCH_LRS = env("WORKBENCH_LRS")
WORKBENCH_LRS_LOGIN = env("WORKBENCH_LRS_LOGIN")
# Functions that say which streams follow the log (see audit.streams).
WORKBENCH_STREAMS = ("audit.siem.streams", "training.xapi.streams")
if WORKBENCH_SIEM or WORKBENCH_LRS:
    CELERY_BEAT_SCHEDULE["stream"] = {"task": "audit.tasks.stream", "schedule": 10}
# In which tools state their prices and limits.
WORKBENCH_CURRENCY = env("WORKBENCH_CURRENCY") or "EUR"

# The model. Empty: the embedded one, served by a local process.
WORKBENCH_MODEL = env("WORKBENCH_MODEL")
WORKBENCH_MODEL_BASE_URL = env("WORKBENCH_MODEL_BASE_URL")
WORKBENCH_MODEL_API_KEY = env("WORKBENCH_MODEL_API_KEY")
WORKBENCH_EMBEDDED_URL = env("WORKBENCH_EMBEDDED_URL")
WORKBENCH_EMBEDDED_KEY_FILE = os.environ.get("WORKBENCH_EMBEDDED_KEY_FILE", "")
WORKBENCH_EMBEDDED_MODEL = env("WORKBENCH_EMBEDDED_MODEL")
WORKBENCH_CONTEXT_TOKENS = number("WORKBENCH_CONTEXT_TOKENS", 0)

# Mail: "smtp://user:password@host:587" (STARTTLS) or "smtps://…:465". The demo prints mails into its log.
_mail = urlsplit(env("WORKBENCH_MAIL_URL") or "smtp://localhost:25")
MAILERS: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": _mail.hostname or "localhost",
            "port": _mail.port or 25,
            "username": unquote(_mail.username or ""),
            "password": unquote(_mail.password or ""),
            "use_ssl": _mail.scheme == "smtps",
            "use_tls": _mail.scheme == "smtp" and bool(_mail.username),
            "timeout": 20,
        },
    }
}
if WORKBENCH_DEMO or DEBUG:
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}}
# The address people reach the workbench at, without a slash at the end, for the links in mails. Empty: no mails about notices.
WORKBENCH_URL = env("WORKBENCH_URL").rstrip("/")
# The gate for other tools: where it answers, and how much it takes.
WORKBENCH_GATE_URL = env("WORKBENCH_GATE_URL", f"{WORKBENCH_URL}/v1" if WORKBENCH_URL else "").rstrip("/")
WORKBENCH_GATE_BYTES = number("WORKBENCH_GATE_BYTES", 2_000_000)
WORKBENCH_GATE_PERSON_PER_MINUTE = number("WORKBENCH_GATE_PERSON_PER_MINUTE", 60)
WORKBENCH_GATE_TEAM_PER_MINUTE = number("WORKBENCH_GATE_TEAM_PER_MINUTE", 600)
if WORKBENCH_LRS and not WORKBENCH_URL:
    raise ImproperlyConfigured("WORKBENCH_LRS needs WORKBENCH_URL: statements name people and paths under it.")
DEFAULT_FROM_EMAIL = env("WORKBENCH_FROM_EMAIL", "workbench@localhost")

# Logs carry ids and words of our own, never what people typed.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env("WORKBENCH_LOG_LEVEL", "WARNING")},
    # These libraries log what they were given when asked for more than warnings; they are never asked.
    "loggers": {
        name: {"level": "WARNING"}
        for name in (
            "presidio-analyzer",
            "openai",
            "anthropic",
            "httpx",
            "httpx2",
            "httpcore",
            "httpcore2",
            "langchain",
            "urllib3",
        )
    },
}
