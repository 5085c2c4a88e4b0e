"""The one settings file. Everything a deployment may differ in is an environment variable, listed in ``.env.example``.

Safe by default: no DEBUG, no default key, HTTPS assumed, a second factor for staff. A wrong or missing value stops the
start and names the variable.
"""

import base64
import binascii
import logging
import os
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if (BASE_DIR / ".env").exists():
    environ.Env.read_env(BASE_DIR / ".env")  # what the environment already says wins


def read(kind, name, default=environ.Env.NOTSET):
    """The environment variable `name` as `kind`, an ``environ.Env`` method; empty counts as not set.

    Raises ImproperlyConfigured naming it.
    """
    if not env.ENVIRON.get(name, "").strip():
        if default is environ.Env.NOTSET:
            raise ImproperlyConfigured(f"Set the environment variable {name} (see .env.example).")
        return default
    try:
        return getattr(env, kind)(name)
    except (ImproperlyConfigured, ValueError, TypeError, KeyError) as error:
        raise ImproperlyConfigured(f"The environment variable {name} is not a valid {kind}: {error}") from error


def read_flag(name, default=environ.Env.NOTSET):
    """A yes/no variable. Unlike ``env.bool`` a misspelt value is refused instead of silently meaning no."""
    text = str(read("str", name, default)).strip().lower()
    if text in {"1", "true", "yes", "on"}:
        return True
    if text in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"The environment variable {name} must be true or false.")


def read_count(name, default, least=1):
    """A whole number of at least `least`."""
    value = read("int", name, default)
    if value < least:
        raise ImproperlyConfigured(f"The environment variable {name} must be at least {least}.")
    return value


def read_key(name, text):
    """32 bytes from base64 `text`; `name` is what the refusal says."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImproperlyConfigured(f"The environment variable {name} must be base64.") from error
    if len(raw) != 32:
        raise ImproperlyConfigured(f"The environment variable {name} must hold 32 bytes in base64, not {len(raw)}.")
    return raw


def read_database():
    """DATABASE_URL as Django's mapping. Raises ImproperlyConfigured for anything but SQLite and PostgreSQL."""
    try:
        database = env.db_url_config(read("str", "DATABASE_URL", f"sqlite:///{DATA_DIR / 'db.sqlite3'}"))
    except Exception as error:  # whatever the parser trips over, the operator needs the variable's name
        raise ImproperlyConfigured("The environment variable DATABASE_URL cannot be read.") from error
    if database.get("ENGINE") == "django.db.backends.sqlite3":
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        }
        # A file, not memory: threads in tests get real connections, and real locks.
        database["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    elif database.get("ENGINE") == "django.db.backends.postgresql":
        database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
        database.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    else:
        raise ImproperlyConfigured("The environment variable DATABASE_URL must name sqlite or postgres.")
    return database


def read_field_keys():
    """FIELD_KEYS is ``id:base64,id:base64``: the first encrypts, all decrypt, so a new key is put in front."""
    keys = {}
    for pair in read("list", "FIELD_KEYS"):
        key_id, _, text = pair.partition(":")
        if not (key_id.isascii() and key_id.isalnum()) or key_id in keys:
            raise ImproperlyConfigured(
                "The environment variable FIELD_KEYS must read id:base64,id:base64, each id once."
            )
        keys[key_id] = read_key("FIELD_KEYS", text)
    if not keys:
        raise ImproperlyConfigured("Set the environment variable FIELD_KEYS (see .env.example).")
    return keys


def read_media_storage():
    """Where uploads are kept, as an entry of STORAGES: in DATA_DIR, or in a bucket that speaks S3's language.

    Nobody fetches from it directly: views read it and check who may see what, so the bucket stays closed.
    Raises ImproperlyConfigured for any other MEDIA_STORAGE, and for a bucket without a name.
    """
    kind = read("str", "MEDIA_STORAGE", "files")
    if kind == "files":
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if kind != "s3":
        raise ImproperlyConfigured("The environment variable MEDIA_STORAGE must be files or s3.")
    options = {
        "bucket_name": read("str", "MEDIA_BUCKET"),
        "endpoint_url": read("str", "MEDIA_ENDPOINT", None),
        "region_name": read("str", "MEDIA_REGION", None),
        "access_key": read("str", "MEDIA_ACCESS_KEY", None),
        "secret_key": read("str", "MEDIA_SECRET_KEY", None),
        "location": read("str", "MEDIA_FOLDER", ""),
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": True,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


# --- the shape of this installation -----------------------------------------------------------------------------------
DEBUG = read_flag("DEBUG", False)
DEMO = read_flag("DEMO", False)
HTTPS = read_flag("HTTPS", True)
SECRET_KEY = read("str", "SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("The environment variable SECRET_KEY must have at least 50 characters.")
FIELD_KEYS = read_field_keys()
BLIND_INDEX_KEY = read_key("BLIND_INDEX_KEY", read("str", "BLIND_INDEX_KEY"))
ALLOWED_HOSTS = read("list", "ALLOWED_HOSTS", ["127.0.0.1", "localhost"])
PORT = read_count("PORT", 8000)
PUBLIC_URL = read("str", "PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")  # what printed QR codes start with
if not PUBLIC_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured("The environment variable PUBLIC_URL must start with http:// or https://.")
CSRF_TRUSTED_ORIGINS = read("list", "CSRF_TRUSTED_ORIGINS", [])
TRUSTED_PROXY_COUNT = read_count("TRUSTED_PROXY_COUNT", 0, least=0)

DATA_DIR = Path(read("str", "DATA_DIR", str(BASE_DIR / "var")))
DATA_DIR.mkdir(parents=True, exist_ok=True)

# --- the product's own knobs ------------------------------------------------------------------------------------------
SITE_NAME = "暖心驿站"
STALE_AFTER = timedelta(days=read_count("STALE_AFTER_DAYS", 90))  # a ledger entry not confirmed for this long is stale
MEMBER_CONTACT_EVERY = timedelta(days=read_count("MEMBER_CONTACT_EVERY_DAYS", 30))  # from one contact to the next
VISIT_ONCE_PER = timedelta(minutes=10)  # one device counts once at one station within this time
LATE_OPENING_AFTER = timedelta(minutes=read_count("LATE_OPENING_AFTER_MINUTES", 30))  # no word so long after it
DOOR_WORD_ONCE_PER = timedelta(minutes=10)  # the same word of a station again within this time is the same word
FAULT_LOCKED_SHOWN = {  # so long after the last word a card says that the door is locked
    "reported": timedelta(hours=read_count("FAULT_LOCKED_SHOWN_HOURS", 3)),
    "confirmed": timedelta(hours=12),
}
FAULT_CONFIRMED_BY = 3  # independent voices: of different devices, and of different addresses where those are known
FAULT_VOICES_WITHIN = timedelta(hours=24)  # so old may a voice be that counts for that; a lock's only while it is shown
FAULT_LIMITS = {  # how often one may report what is wrong, in an hour
    "device_hour": 6,
    "address_hour": read_count("FAULTS_PER_ADDRESS_HOUR", 20),
}
FAULT_PHOTOS_MOST = 6  # of one fault, from everybody; more tell nothing new
VOICE_LIMITS = {  # how often one may say something about a station, in an hour
    "device_hour": 3,
    "address_hour": read_count("VOICES_PER_ADDRESS_HOUR", 10),
}
OPEN_FORM_LIFETIME = timedelta(hours=12)  # a public form opened earlier is sent from a phone that slept over it
DOOR_PAGE_LIFETIME = timedelta(minutes=read_count("DOOR_PAGE_MINUTES", 120))  # an older page wants one tap more
VISIT_LIMITS = {  # how many new phones an internet address may bring within an hour
    "door": read_count("VISITS_PER_ADDRESS_HOUR", 40),  # at one door: a crew on the station's wireless network
    "without_cookie": read_count("VISITS_WITHOUT_COOKIE_HOUR", 10),  # of these, phones that refuse cookies
    "everywhere": read_count("VISITS_PER_ADDRESS_HOUR_EVERYWHERE", 400),  # a telephone company's shared address
}
SIGN_IN_CODE_LIFETIME = timedelta(minutes=5)
SIGN_IN_CODE_TRIES = 5
SIGN_IN_CODE_LIMITS = {  # how many codes may be sent, to whom, in what time
    "phone_minute": 1,
    "phone_hour": 5,
    "phone_day": 10,
    "address_hour": read_count("SIGN_IN_CODES_PER_ADDRESS_HOUR", 20),
    "all_day": read_count("SIGN_IN_CODES_PER_DAY", 2000),
}
STAFF_SECOND_FACTOR = read_flag("STAFF_SECOND_FACTOR", not DEMO)
NOTIFY_BACKEND = read("str", "NOTIFY_BACKEND", "station.lib.notify.DatabaseBackend")
NOTIFY_OUTBOX_MODEL = "station.OutboxMessage"
SESSION_LIMITS = {  # idle time and whole age, for staff and for riders
    "staff": (timedelta(minutes=read_count("STAFF_IDLE_MINUTES", 15)), timedelta(hours=8)),
    "rider": (timedelta(days=7), timedelta(days=30)),
}

# --- Django -----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "station.apps.StationAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "simple_history",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "station",
    "ledger",
    "services.bookings",
    "services.volunteering",
    "services.hazards",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "station.middleware.Compression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "station.middleware.chosen_language",
    "station.middleware.bounded_requests",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "station.middleware.session_limits",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "station.middleware.staff_second_factor",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "station.middleware.private_pages",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "station.urls"
WSGI_APPLICATION = "station.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["station.templatetags.icons"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "station.context.site",
            ],
        },
    }
]
FORM_RENDERER = "station.forms.SiteFormRenderer"

DATABASES = {"default": read_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
try:
    CACHES = {"default": env.cache_url_config(read("str", "CACHE_URL", "locmemcache://"))}
except Exception as error:  # whatever the parser trips over, the operator needs the variable's name
    raise ImproperlyConfigured("The environment variable CACHE_URL cannot be read.") from error

# Reading names without pypinyin's dictionary of phrases: 13 MB a process instead of 57, at the price of a rare 多音字.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"  # never served by path: a view checks who may see it
STORAGES = {
    "default": read_media_storage(),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
REQUEST_MAX_BYTES = 40_000_000  # three photos of 10 MB and the form around them
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_PERMISSIONS = 0o600

# --- who signs in -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "station.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "me"
LOGOUT_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {"NAME": "station.lib.passwords.LengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "locked_out.html"
AXES_CLIENT_IP_CALLABLE = "station.middleware.client_address"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]
OTP_TOTP_ISSUER = SITE_NAME
OTP_ADMIN_HIDE_SENSITIVE_DATA = True

SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "station.views.errors.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- headers ----------------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- logs: to standard error, without personal data -------------------------------------------------------------------
LOG_LEVEL = read("str", "LOG_LEVEL", "WARNING").upper()
if LOG_LEVEL not in logging.getLevelNamesMapping():
    raise ImproperlyConfigured("The environment variable LOG_LEVEL must be DEBUG, INFO, WARNING, ERROR or CRITICAL.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
