"""Settings common to every way of running. Values come from the environment; see `.env.example`."""

from datetime import timedelta
from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF

env = environ.Env()
ROOT = Path(__file__).resolve().parents[2]
VAR = Path(env("QIANBEI_VAR", default=str(ROOT / "var")))

PRODUCTION = False
DEBUG = False
SECRET_KEY = env("SECRET_KEY", default="stand-in: not secret, refused in production")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
PUBLIC_URL = env("PUBLIC_URL", default="http://127.0.0.1:8000")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "core",
    "accounts",
    "signing",
    "contracts",
    "filing_bridge",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
# Widgets are drawn by templates/django/forms/, so that every form looks like the portal.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- data -----------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'qianbei.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "files"},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "blobs": {"BACKEND": "core.blobs.DurableFileSystemStorage", "OPTIONS": {"location": VAR / "blobs"}},
}

# Stand-in keys, public in this repository: production settings take none of them.
FIELD_KEYS = {"k1": "c3RhbmQtaW4gZmllbGQga2V5LCBub3Qgc2VjcmV0ISE="}
FIELD_KEY_ACTIVE = "k1"
BLIND_INDEX_KEY = "c3RhbmQtaW4gYmxpbmQgaW5kZXgga2V5LCBwdWJsaWM="
# Web processes prove to the signer with this key that a signature was authorised; it signs nothing else.
AUTHORISATION_KEY = env("AUTHORISATION_KEY", default="stand-in: authorisations of tests and demonstrations")

# --- due work -------------------------------------------------------------------------------------------
WORK_DOORBELL = "core.work.silent_doorbell"

# --- outside services -----------------------------------------------------------------------------------
# PKI_URL is where certificates, time-stamps, OCSP and CRL come from; the stand-in serves all of them.
CERTIFICATE_AUTHORITY = env("CERTIFICATE_AUTHORITY", default="test")
PKI_URL = env("PKI_URL", default="http://127.0.0.1:8318")
CA_URL = env("CA_URL", default=f"{PKI_URL}/issue")
CA_TOKEN = env("CA_TOKEN", default="")  # the stand-in's lies in PKI_DIR/token
TSA_URL = env("TSA_URL", default=f"{PKI_URL}/tsa")
PKI_DIR = Path(env("PKI_DIR", default=str(VAR / "pki")))
TRUST_ROOTS = env.list("TRUST_ROOTS", default=[str(PKI_DIR / "root.pem")])
# Under these contracts are believed that were signed on other platforms.
IMPORT_TRUST_ROOTS = env.list("IMPORT_TRUST_ROOTS", default=TRUST_ROOTS)
# The CA certificates above the time-stamp authority's own, its issuer first and the root last.
TSA_ISSUERS = env.list("TSA_ISSUERS", default=[str(PKI_DIR / "issuing.pem"), str(PKI_DIR / "root.pem")])
SMS_PROVIDER = env("SMS_PROVIDER", default="file")
SMS_URL = env("SMS_URL", default="")
SMS_TOKEN = env("SMS_TOKEN", default="")
SMS_REPORT_URL = env("SMS_REPORT_URL", default="")  # empty: the gateway does not tell what arrived
CODES_PER_PHONE_PER_DAY = env.int("CODES_PER_PHONE_PER_DAY", default=20)
REAL_NAME_PROVIDER = env("REAL_NAME_PROVIDER", default="synthetic")
REAL_NAME_URL = env("REAL_NAME_URL", default="")
REAL_NAME_TOKEN = env("REAL_NAME_TOKEN", default="")
OUTBOX_DIR = Path(env("OUTBOX_DIR", default=str(VAR / "outbox")))
# Only the signer process is given these: see docs/threat-model.md.
SIGNER_KEYS_DIR = Path(env("SIGNER_KEYS_DIR", default=str(VAR / "signer")))
SIGNER_PASSPHRASE = env("SIGNER_PASSPHRASE", default="")
# Where filings go, by the beginning of the division codes covered (empty: all): address, system code, and
# the file with the public keys that came with the registration; our own name and token there.
PROVINCES = env.json(
    "PROVINCES",
    default={
        "": {
            "url": "http://127.0.0.1:8319",
            "system_code": "TEST-SANDBOX",
            "keys": str(VAR / "sandbox" / "province.jwks.json"),
        }
    },
)
PLATFORM_SYSTEM_CODE = env("PLATFORM_SYSTEM_CODE", default="QIANBEI-TEST")
# What employers are told their certificate costs, in Chinese and in English.
CERTIFICATE_COST = (
    env("CERTIFICATE_COST_ZH", default="首次颁发和到期换发都不收费"),
    env("CERTIFICATE_COST_EN", default="Issued and renewed free of charge"),
)
PROVINCE_TOKEN = env("PROVINCE_TOKEN", default="stand-in token, not secret")
# Webhooks go to public addresses only; a demonstration may listen on this machine.
WEBHOOK_ALLOW_LOOPBACK = env.bool("WEBHOOK_ALLOW_LOOPBACK", default=False)

# --- people ---------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:overview"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[签备] "
ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,20/15m/ip"}
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "activate_totp": "accounts.forms.ActivateTotpForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http://")  # on one's own machine only
MFA_TOTP_ISSUER = "签备 Qianbei"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off; a code is still accepted only once
# Which characters documents can print; names with others are refused at entry.
PRINTABLE_CHARACTERS = "contracts.document.fonts.printable_characters"
# How many proxies of ours stand before the web process: whose X-Forwarded-For is believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
EMAIL_BACKEND = env("EMAIL_BACKEND", default="django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = str(OUTBOX_DIR / "mail")
EMAIL_HOST = env("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = EMAIL_PORT != 465
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="qianbei@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- web ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "static"
STATICFILES_DIRS = [ROOT / "frontend" / "dist"]
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
# Not no-referrer: browsers then send `Origin: null` with forms, which the protection against forgery refuses.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.ScopedRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "register": "10/hour",
        "link": "30/min",
        "code": "20/min",
        "member": "6000/min",
    },
    "DEFAULT_PAGINATION_CLASS": "core.api.KeyPagination",
    "EXCEPTION_HANDLER": "core.problems.problem_response",
    "UNAUTHENTICATED_USER": None,
    "NUM_PROXIES": TRUSTED_PROXIES,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "签备 Qianbei API",
    "DESCRIPTION": "Labour contracts from template to accepted filing. 劳动合同从模板到用工备案。",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ContractStateEnum": "contracts.api.serializers.STATES",
        "DocumentStateEnum": "contracts.api.serializers.DOCUMENT_STATES",
        "EmployerStateEnum": "accounts.api.serializers.EMPLOYER_STATES",
        "MemberRoleEnum": "accounts.api.serializers.ROLES",
        "RoleEnum": "accounts.api.serializers.ALL_ROLES",
        "PermissionEnum": "accounts.api.serializers.SCOPES",
        "FilingStateEnum": "filing_bridge.api.filters.STATES",
        "CorrectionStateEnum": "filing_bridge.api.corrections.CORRECTION_STATES",
    },
}

# --- logs: structured, one JSON object a line, identifiers and codes only -----------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {name: {"level": "WARNING"} for name in ("django.server", "httpx2", "pikepdf")},
}
structlog.configure(
    processors=[
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        # Without the frames' local variables, which hold personal data.
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        ),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
