"""Settings shared by every environment; the others import all of it and change what they must."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.running import logs

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR", BASE_DIR / "var"))


def database(url: str) -> dict[str, Any]:
    """Return Django's settings of the database at `url` (``sqlite:///path`` or ``postgres://…``).

    Raises ImproperlyConfigured for any other scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]) or ":memory:",
            "OPTIONS": {
                # Two writers that both start DEFERRED cannot be queued by SQLite; one of them fails.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            # A machine that is gone answers nothing: public pages then come from the mirror.
            "OPTIONS": {"connect_timeout": 5},
        }
    raise ImproperlyConfigured("DATABASE_URL 只支持 sqlite:///路径 或 postgres://用户:口令@主机:端口/库名")


_DATABASE_URL = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'mingbai.sqlite3'}"
DATABASES = {"default": database(_DATABASE_URL)}
# Transactions live in the services (design.md rule 1): on SQLite even a read inside one locks others out.
DATABASES["default"]["ATOMIC_REQUESTS"] = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

ROOMS = [
    "portal.clock",
    "portal.configuration",
    "portal.areas",
    "portal.people",
    "portal.signin",
    "portal.sealing",
    "portal.files",
    "portal.ledger",
    "portal.outbox",
    "portal.printing",
    "portal.inquiries",
    "portal.running",
    "disclosure.pages",
    "disclosure.deliberations",
    "disclosure.publicity",
    "disclosure.masking",
    "disclosure.search",
    "disclosure.site",
    "disclosure.mirror",
    "disclosure.errata",
    "disclosure.catalogue",
    "disclosure.opendata",
    "disclosure.village",
    "workflows.engine",
    "workflows.deadlines",
    "workflows.flows",
    "workflows.programmes",
    "workflows.registry",
    "workflows.changes",
    "workflows.money",
    "workflows.notices",
    "workflows.requests",
    "workflows.rectification",
    "workflows.spotchecks",
    "workflows.assessment",
    "workflows.supervision",
    "workflows.radar",
    "workflows.desk",
    "workflows.demo",
]
INSTALLED_APPS = [
    *ROOMS,
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "treebeard",
    "simple_history",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Answers with a kept public page before anything below runs.
    "disclosure.site.cache.PublicCacheMiddleware",
    "portal.running.policy.ContentPolicyMiddleware",
    # Takes /da/ off the path before anything below looks at it.
    "disclosure.site.elder.ElderMiddleware",
    # Answers public pages while the database is down.
    "disclosure.mirror.serving.MirrorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.people.door.DoorMiddleware",
    # Behind the door: what is shut stays one 404, whatever is due of a proof.
    "portal.signin.middleware.ProofMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "portal_people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    # Signs nobody in. Before the next, which reads two tables to say no to what every desk page asks first.
    "portal.people.backends.OfficeBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "wagtailadmin_home"
ACCOUNT_ADAPTER = "portal.people.adapter.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# The session ends with the browser, and after a working day at the latest.
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_AGE = 10 * 60 * 60
# axes shuts the account that is guessed at; a whole county may come from one address.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "100/m/ip"}
# Whether accounts of the desk show a second factor (production: yes), and whether sessions are watched:
# locked when idle, few at once, accounts that nobody uses suspended (docs/people.md).
SIGN_IN_SECOND_FACTOR = False
SIGN_IN_WATCHED = False
MFA_ADAPTER = "portal.signin.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
ACCOUNT_FORMS = {
    "login": "portal.signin.forms.SignInForm",
    "change_password": "portal.signin.forms.NewPasswordForm",
    "reset_password_from_key": "portal.people.forms.InvitationForm",
}
MFA_FORMS = {
    "authenticate": "portal.signin.forms.CodeForm",
    "authenticate_webauthn": "portal.signin.forms.PasskeyForm",
}
AXES_FAILURE_LIMIT = "portal.people.lockout.failure_limit"
AXES_COOLOFF_TIME = "portal.people.lockout.cool_off"
AXES_LOCKOUT_CALLABLE = "portal.people.lockout.response"
AXES_USERNAME_CALLABLE = "portal.people.lockout.username"
AXES_LOCKOUT_PARAMETERS = ["username"]
# axes would rather have the address in it too: five slips anywhere would then shut a whole county out.
SILENCED_SYSTEM_CHECKS = ["axes.W006"]
AXES_RESET_ON_SUCCESS = True
# Else whoever goes on guessing keeps the account's own person out for good.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
# It would keep addresses in clear for good; the log of sessions seals them, and forgets them in time.
AXES_DISABLE_ACCESS_LOG = True
# guardian would make a user of its own for visitors; nobody without an office has any right here.
ANONYMOUS_USER_NAME = None
# How long, in seconds, a process may go on with settings that another process has since changed.
CONFIGURATION_RECHECK_SECONDS: float | None = 2
GUARDIAN_MONKEY_PATCH_USER = False

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

CSRF_FAILURE_VIEW = "portal.running.views.csrf_failure"
LOGGING = logs.configuration("plain")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        # Some 20 MB of kept public pages; a crawler is not to push the counters of the public forms out.
        "OPTIONS": {"MAX_ENTRIES": 2000},
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS: list[Path] = []
# Without collectstatic, as on a developer's machine; production serves collected, hashed, compressed files.
WHITENOISE_USE_FINDERS = True
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"
# Only a developer's machine and the demo serve public pictures themselves; elsewhere nginx (docs/deploy.md).
MEDIA_SERVED = False
# Case files never stand under MEDIA_ROOT: Wagtail's "private" documents are still served from there by path.
PRIVATE_ROOT = Path(os.environ.get("PRIVATE_ROOT", VAR_DIR / "private"))
# The first keeps lists from outside off the disk while they are received; all else goes on to the others.
FILE_UPLOAD_HANDLERS = [
    "workflows.radar.outside.uploads.KeptInMemory",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Whose signatures under the ledger count (docs/ledger.md): beside the portal, never in its database.
LEDGER_TRUST_FILE = Path(os.environ.get("LEDGER_TRUST_FILE", VAR_DIR / "ledger" / "trust"))
# Public pages as files (docs/mirror.md), for the web server and for days without the database: today's and
# those of the days ahead, as many as the longest public holiday has.
MIRROR_ROOT: Path | None = Path(os.environ.get("MIRROR_ROOT", VAR_DIR / "mirror"))
MIRROR_DAYS_AHEAD = 9

WAGTAIL_SITE_NAME = "明白账 工作台"
WAGTAILADMIN_BASE_URL = os.environ.get("SITE_ADDRESS", "http://127.0.0.1:8000")
WAGTAIL_CONTENT_LANGUAGES = WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAILIMAGES_IMAGE_MODEL = "portal_files.PublicImage"
WAGTAILDOCS_DOCUMENT_MODEL = "portal_files.PublicDocument"
WAGTAILIMAGES_IMAGE_FORM_BASE = "disclosure.pages.upload_forms.PublicImageForm"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "disclosure.pages.upload_forms.PublicDocumentForm"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx"]
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
TAGGIT_CASE_INSENSITIVE = True

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Only the demo and the tests may set the portal's clock (design.md rule 11).
CLOCK_MAY_BE_SET = False
# The demo's accounts share one plain password; refused where this is False.
DEMO_ALLOWED = False
