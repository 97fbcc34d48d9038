"""The one settings file, read top to bottom. Everything a deployment may choose comes from the environment.

Two database logins: the owner (`DATABASE_URL`: migrations, commands) and the limited application login
(`APP_DATABASE_URL`: web, worker, beat), picked by `PEOPLESYNC_DB_ROLE`. Append-only tables are append-only for the latter.
"""

from datetime import timedelta
from pathlib import Path

import environ
from django.templatetags.static import static
from django.urls import reverse_lazy

from peoplesync import env as environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- What this process is -------------------------------------------------------------------------------------------
VERSION = "1.0.0"
DEBUG = env.bool("DEBUG", default=False)
HOME = Path(env.str("PEOPLESYNC_HOME", default=str(BASE_DIR / ".peoplesync")))
SECRET_KEY = environment.secret("SECRET_KEY")
JWT_SIGNING_KEY = environment.secret("JWT_SIGNING_KEY", unlike=SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
PUBLIC_URL = environment.public_url()
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL] if PUBLIC_URL.startswith("https") else [])
TRUSTED_PROXY_COUNT = environment.whole("TRUSTED_PROXY_COUNT", usual=0)

# --- Applications ---------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "peoplesync.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "storages",
    "pgtrigger",
    "pghistory",
    "import_export",
    "peoplesync.core",
    "hr",
    "attendance",
    "payroll",
    "peoplesync.apps.PeopleSyncConfig",
]
MIDDLEWARE = [
    "peoplesync.core.request_ids.RequestIds",
    "peoplesync.core.middleware.ServiceErrors",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "peoplesync.core.pages.ContentPolicy",
    "peoplesync.core.pages.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "peoplesync.core.pages.Users",
    "peoplesync.core.pages.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
#: Figures for a monitor are served on this port of web and worker; 0: neither served nor kept. See core/metrics.py.
METRICS_PORT = environment.metrics_port()
if METRICS_PORT:
    MIDDLEWARE.insert(0, "peoplesync.core.metrics.Measured")
ROOT_URLCONF = "peoplesync.urls"
WSGI_APPLICATION = "peoplesync.wsgi.application"
ASGI_APPLICATION = "peoplesync.asgi.application"
APPEND_SLASH = False  # a redirected POST loses its body
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
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

SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail is unique among users that are not deleted, by constraint
    "axes.W006",  # sign-in is locked per account and throttled per address (core); one office shares one address
]

# --- Database, cache, broker ----------------------------------------------------------------------------------------
DB_ROLE = env.str("PEOPLESYNC_DB_ROLE", default="owner")
OWNER_DATABASE_URL = env.str("DATABASE_URL", default="")
APP_DATABASE_URL = env.str("APP_DATABASE_URL", default="")
DATABASES = {
    "default": environment.database(environment.login(DB_ROLE, owner=OWNER_DATABASE_URL, limited=APP_DATABASE_URL))
}
REDIS_URL = environment.broker()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "peoplesync",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}

# --- People and their sessions --------------------------------------------------------------------------------------
AUTH_USER_MODEL = "hr.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "hr.authentication.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "peoplesync.core.staff.door.stale"
COOKIE_SECURE = env.bool("COOKIE_SECURE", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = COOKIE_SECURE
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(seconds=3600),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "AUDIENCE": "peoplesync-api",
    "ISSUER": "peoplesync",
    "USER_ID_CLAIM": "sub",
    "LEEWAY": 5,
}
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else whoever goes on guessing keeps the account's owner out
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "hr.authentication.username_of"
AXES_LOCKOUT_CALLABLE = "hr.authentication.locked_out"
AXES_HTTP_RESPONSE_CODE = 429
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["password", "gd-api-token"]
AXES_CLIENT_IP_CALLABLE = "peoplesync.core.api.client.address"
AXES_VERBOSE = False

# --- The API --------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["hr.api.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["peoplesync.core.api.permissions.MatrixPermission"],
    "DEFAULT_PARSER_CLASSES": ["peoplesync.core.api.json.ExactJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["peoplesync.core.api.json.ExactJSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "peoplesync.core.api.paging.ContractPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["peoplesync.core.api.throttling.ApiThrottle"],
    "DEFAULT_SCHEMA_CLASS": "peoplesync.core.api.schema.ContractSchema",
    "EXCEPTION_HANDLER": "peoplesync.core.api.errors.exception_handler",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,  # there is one format; ?format= is an unknown parameter like any other
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": False,
    "NUM_PROXIES": TRUSTED_PROXY_COUNT,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
#: Rates as `count/second|minute|hour|day`, or `off`. Generous enough for a shift start behind one address, and for a
#: tablet at the gate: whoever punches for others, or sends what a phone kept while offline, is one user.
THROTTLES = {
    "login": environment.rate("THROTTLE_LOGIN", usual="300/minute"),
    "api": environment.rate("THROTTLE_API", usual="1200/minute"),
    "clock": environment.rate("THROTTLE_CLOCK", usual="300/minute"),
    "vendor": environment.rate("THROTTLE_VENDOR", usual="1200/minute"),
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
SPECTACULAR_SETTINGS = {
    "TITLE": "PeopleSync API",
    "DESCRIPTION": "HR, attendance and payroll. Times are UTC with Z, dates are local, money and coordinates are JSON numbers.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["peoplesync.core.api.permissions.Anonymous"],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENFORCE_NON_BLANK_FIELDS": True,
    "COMPONENT_SPLIT_PATCH": False,
    "COMPONENT_NO_READ_ONLY_REQUIRED": True,  # a key that only ?include= adds is not promised
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "string", "format": "uuid"}},
    "PREPROCESSING_HOOKS": ["peoplesync.core.api.schema.only_native_routes"],
    "POSTPROCESSING_HOOKS": [
        "peoplesync.core.api.schema.contract_components",
    ],
}

# --- Files ----------------------------------------------------------------------------------------------------------
MEDIA_ROOT = HOME / "media"
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(HOME / "static"))
#: Serve styles and scripts from where they lie, without collecting them first: for tests.
STATIC_FROM_SOURCE = env.bool("STATIC_FROM_SOURCE", default=False)
STORAGE_BUCKET = env.str("STORAGE_BUCKET", default="")
STORAGES = {
    "default": environment.object_storage(MEDIA_ROOT),
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if STATIC_FROM_SOURCE
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = STATIC_FROM_SOURCE
WHITENOISE_AUTOREFRESH = STATIC_FROM_SOURCE  # look a file up when asked for; else each test client lists them all first
WHITENOISE_MANIFEST_STRICT = False

# --- Celery (read by peoplesync/celery.py with the prefix CELERY_) --------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600, "socket_connect_timeout": 1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False  # the job row is the outbox: the reconciler publishes again
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- Time and language ----------------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]  # the words of the house; another language would reach only the libraries' own

# --- Browser security -----------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=COOKIE_SECURE)
SECURE_HSTS_SECONDS = environment.whole("SECURE_HSTS_SECONDS", usual=31_536_000 if COOKIE_SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = COOKIE_SECURE
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^api/v1/health$"]
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

# --- Logs: one line an event, no bodies, no query strings -----------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "peoplesync.core.request_ids.InLogs"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "axes": {"level": "ERROR"},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # whoever asks is told; anybody can ask so
        "botocore": {"level": "WARNING"},
    },
}

# --- The staff admin ------------------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "PeopleSync",
    "SITE_HEADER": "PeopleSync",
    "SITE_SUBHEADER": "peoplesync.core.staff.site.whose",
    "SITE_SYMBOL": "groups",
    "SITE_URL": None,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("core/icon.svg")}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("core/admin.css")],
    "SIDEBAR": {"show_search": True, "navigation": "peoplesync.core.staff.site.navigation"},
    "COLORS": {
        "primary": {
            "50": "oklch(97.7% .013 236.6)",
            "100": "oklch(95.1% .026 236.8)",
            "200": "oklch(90.1% .058 230.9)",
            "300": "oklch(82.8% .111 230.3)",
            "400": "oklch(74.6% .16 232.7)",
            "500": "oklch(62% .155 240)",
            "600": "oklch(52% .14 242.7)",
            "700": "oklch(45% .125 243)",
            "800": "oklch(40% .105 241)",
            "900": "oklch(34% .085 241)",
            "950": "oklch(26% .062 243)",
        }
    },
}
PGHISTORY_DEFAULT_TRACKERS = None
