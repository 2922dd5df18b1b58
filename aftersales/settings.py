"""All settings, read from the environment. What an installation may set is listed in .env.example, and only that.

No secrets and no business rules live here: terms, limits and texts that a shop may change are policies in the database.
"""

import logging
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from aftersales import logs
from aftersales.core import running_demo

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


# `manage.py` in another shell works on the data of the demo that runs in this checkout, without being told where it is.
# An explicit DATABASE_URL wins: production, CI and tests never look at a demo that happens to run beside them.
demo: dict[str, str] = {} if env.str("DATABASE_URL", "") else running_demo.find(BASE_DIR)

# --- Mode -------------------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
# Set by the demo runner alone: preset users and tokens, plain http on the loopback address, and time travel.
DEMO = env.bool("DEMO", bool(demo))
# Required outside demo and tests; the system check aftersales.E001 says so in words instead of a traceback at import.
SECRET_KEY = env.str("SECRET_KEY", demo.get("secret_key", ""))
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# What accounts and names are encrypted with, the newest first; without any, keys derived from SECRET_KEY.
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEMO or DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", demo.get("public_url", "http://127.0.0.1:8000")).rstrip("/")

# --- Apps -------------------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "template_partials",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
    "django_structlog",
    "django_fsm",
    "aftersales",
    "aftersales.core",
    "orders",
    "refunds",
    "logistics",
    "invoices",
    "complaints",
    "warranty",
    "feedback",
    "surveys",
    "service",
    "tickets",
    "reports",
]

MIDDLEWARE = [
    "aftersales.core.middleware.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "aftersales.core.middleware.ProblemsMiddleware",
    # Last, as django-axes asks: it turns a refused login into the lock-out answer.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "aftersales.urls"
# Who may read /metrics from elsewhere than this machine: these networks, and whoever brings the token.
METRICS_NETWORKS = env.list("METRICS_NETWORKS", default=["127.0.0.0/8", "::1/128"])
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
CSRF_FAILURE_VIEW = "aftersales.core.pages.csrf_failure"
WSGI_APPLICATION = "aftersales.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "aftersales.core.context_processors.console",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    },
]

# --- Database ---------------------------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", demo.get("database_url", ""))
DATABASES: dict[str, Any] = {
    "default": env.db_url_config(DATABASE_URL)
    if DATABASE_URL
    # Nothing to connect to is no error until somebody connects (makemigrations, collectstatic and types need no
    # database). PostgreSQL names the "directory of the socket" in its error, which makes that error the explanation.
    else {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "aftersales",
        "HOST": "/no database: set DATABASE_URL or start `make demo`",
    }
}
DATABASES["default"] |= {
    "ATOMIC_REQUESTS": False,  # a service opens its own transaction: locks are held as briefly as possible
    # A new connection costs more than most requests. Kept for good, and looked at before its first use in a request.
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": True,
}
# By its default PostgreSQL takes a look into an index for four times as dear as reading on, as if data lay on turning
# disks, and would rather read a whole state of requests than the fifty that are shown.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c random_page_cost=1.1")

# --- People -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "aftersales.core.auth.RoleBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL
# Ten tries for a name and address together, so that nobody can lock a colleague out from elsewhere.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "core/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_IPWARE_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0) or None
OTP_TOTP_ISSUER = "aftersales"

# --- Language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # legal days are Chinese days; the database holds UTC

# --- Files ------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
# Demo and development serve the working copy, so nothing has to be collected first.
STATIC_ROOT = None if DEBUG or DEMO else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Evidence shows people's homes and waybills: it lies outside everything a web server serves; a view hands it out.
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", str(BASE_DIR / (".demo/private" if DEMO else "private"))))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PRIVATE_ROOT}},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or DEMO
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or DEMO
WHITENOISE_AUTOREFRESH = DEBUG
FILE_UPLOAD_PERMISSIONS = 0o600
EVIDENCE = {
    "max_image_bytes": 5 * 1024 * 1024,
    "max_video_bytes": 50 * 1024 * 1024,
    "max_pixels": 50_000_000,
    "max_files_per_request": 9,
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # JSON bodies; files are streamed and limited by EVIDENCE
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True

# --- Security ---------------------------------------------------------------------------------------------------------

# The demo and a developer's machine speak plain http on the loopback address.
HTTPS = not (DEBUG or DEMO)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]  # probes come from inside, past the proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.int("TRUSTED_PROXIES", 0) else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = False  # htmx reads it to send the header
X_FRAME_OPTIONS = "DENY"
# No inline script and no inline style anywhere; icons and previews come as data: images.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- REST -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "aftersales.core.api.authentication.BearerAuthentication",
        "aftersales.core.api.authentication.ConsoleSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "aftersales.core.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["aftersales.core.api.throttling.ClientRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "client": env.str("API_RATE", "6000/min"),
        # For each address: many buyers of a mobile network share one.
        "survey": env.str("SURVEY_RATE", "120/min"),
    },
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "aftersales.core.api.problems.exception_handler",
    "NUM_PROXIES": env.int("TRUSTED_PROXIES", 0),
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "aftersales",
    "DESCRIPTION": "Refunds, returns, exchanges, disputes and the money behind them.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "DEFAULT_GENERATOR_CLASS": "aftersales.core.api.schema.OnceGenerator",
    "SERVE_INCLUDE_SCHEMA": False,
    # Served from this origin: the strict content policy lets nothing else in.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    # What generated clients call these; without it the names would change with every route that is added.
    "ENUM_NAME_OVERRIDES": {
        "OrderStatus": "orders.states.OrderStatus",
        "Shipping": "orders.states.Shipping",
        "PaymentChannel": "orders.models.orders.PaymentChannel",
        "Flag": "orders.models.orders.Flag",
        "RefundStatus": "refunds.models.refunds.STATUSES",
        "RefundKind": "refunds.states.Kind",
        "GoodsStatus": "refunds.states.GoodsStatus",
        "Phase": "refunds.states.Phase",
        "ReplacementTrouble": "refunds.states.ReplacementTrouble",
        "RefundReason": "refunds.states.Reason",
        "RefusalReason": "refunds.states.RefusalReason",
        "PaymentStatus": "refunds.states.PaymentStatus",
        "PayoutStatus": "refunds.states.PayoutStatus",
        "PayoutPurpose": "refunds.states.PayoutPurpose",
        "DifferenceKind": "refunds.models.reconciliation.Difference.Kind",
        "InvoiceStatus": "invoices.states.InvoiceStatus",
        "InvoiceTitleKind": "invoices.states.TitleKind",
        "ComplaintStatus": "complaints.states.ComplaintStatus",
        "ComplaintSource": "complaints.states.Source",
        "ComplaintProblem": "complaints.states.Problem",
        "ComplaintResult": "complaints.states.Result",
        "ComplaintMalice": "complaints.states.Malice",
        "SurveyStatus": "surveys.states.SurveyStatus",
        "SurveySubject": "surveys.states.SubjectKind",
        "SurveyVia": "surveys.states.Via",
        "CallWhy": "surveys.states.CallWhy",
        "CallOutcome": "surveys.states.CallOutcome",
        "FeedbackStatus": "feedback.states.FeedbackStatus",
        "FeedbackOrigin": "feedback.states.Origin",
        "FeedbackAnswer": "feedback.states.Answer",
        "ServiceStatus": "service.states.SheetStatus",
        "ServiceWay": "service.states.Way",
        "ServiceCharge": "service.states.Charge",
        "ServiceFinding": "service.states.Finding",
        "ServiceResult": "service.states.Result",
        "ServiceAcceptedHow": "service.states.How",
        "ServicePaidBy": "service.states.PaidBy",
        "ServiceQuoteKind": "service.states.QuoteKind",
        "SerialKind": "warranty.states.SerialKind",
        "SerialWhy": "warranty.states.Why",
        "ClaimStatus": "logistics.states.claim.ClaimStatus",
        "ClaimCause": "logistics.states.claim.ClaimCause",
        "PayeeAccountType": "refunds.states.AccountType",
        "EvidencePiece": "refunds.states.Piece",
        "ProposalKind": "refunds.states.ProposalKind",
        "ProposalStatus": "refunds.states.ProposalStatus",
        "DisputeStatus": "refunds.states.DisputeStatus",
        "EvidencePurpose": "refunds.models.evidence.Purpose",
        "EvidenceSide": "refunds.models.evidence.Side",
        "VoidAnswer": "logistics.models.VoidAnswer",
        "VoidEnd": "logistics.models.VoidEnd",
        "VoidOutcome": "logistics.serializers.voids.OUTCOMES",
        "VoidResult": "refunds.serializers.inputs.VOID_RESULTS",
        "InspectionResult": "refunds.serializers.inputs.INSPECTION_RESULTS",
        "DecisionOutcome": "refunds.serializers.inputs.OUTCOMES",
        "PlaybookAction": "tickets.selectors.playbook.words.Action",
        "PlaybookPostage": "tickets.selectors.playbook.words.Postage",
        "PlaybookSign": "tickets.selectors.playbook.words.Sign",
        "TicketStatus": "tickets.states.TicketStatus",
        "TicketCategory": "tickets.states.TicketCategory",
        "TicketKind": "tickets.states.TicketKind",
        "TicketWaitingFor": "tickets.states.WaitingFor",
        "StepState": "tickets.serializers.STEP_STATES",
    },
}

# --- Work behind the pages --------------------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", demo.get("redis_url", ""))
CACHES = {
    "default": {"BACKEND": "aftersales.core.caching.ForgivingRedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {
        # A message whose worker died comes back after this; no task may run longer (see CELERY_TASK_TIME_LIMIT).
        "visibility_timeout": 600,
        # kombu looks for such messages only every `interval` seconds and at most once per `throttle` calls of its
        # loop; with its defaults on an idle worker a lost message waits for much longer than the timeout above.
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
        "socket_keepalive": True,
    }
    if REDIS_URL
    else {"polling_interval": 0.02}
)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a task may run twice, it must not be lost
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_TIMEZONE = TIME_ZONE
# The database is the truth and says what is due; these only say how often somebody looks. A beat that was not taken in
# time is thrown away by its `expires`, for the next one finds the same rows.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    name: {"task": name, "schedule": seconds, "options": {"expires": max(seconds * 3, 10)}}
    for name, seconds in {
        "aftersales.core.tasks.deadlines_sweep": 2.0,
        "aftersales.core.tasks.outbox_sweep": 2.0,
        "aftersales.core.tasks.webhooks_send": 2.0,
        "aftersales.core.tasks.deadline_warnings": 60.0,
        "orders.tasks.imports_run": 3.0,
        "tickets.tasks.playbook_trials_run": 3.0,
        "aftersales.core.tasks.jobs_run": 2.0,
        "tickets.tasks.news_send": 5.0,
        "tickets.tasks.tickets_assign": 5.0,
        "tickets.tasks.digests_make": 60.0,
        "refunds.tasks.payments_send": 5.0,
        "refunds.tasks.payments_follow": 5.0,
        "refunds.tasks.payouts_send": 5.0,
        "refunds.tasks.payouts_follow": 5.0,
        "logistics.tasks.void_lists_make": 30.0,
        "refunds.tasks.tallies_sum_up": 30.0,
        "reports.tasks.figures_fold": 20.0,
        "refunds.tasks.evidence_expire": 3600.0,
        "refunds.tasks.bills_fetch": 3600.0,
        "refunds.tasks.bills_compare": 5.0,
        "logistics.tasks.subscriptions_open": 15.0,
        "logistics.tasks.subscriptions_ask": 5.0,
        "logistics.tasks.pushes_drain": 2.0,
        "logistics.tasks.parcels_watch": 300.0,
        "aftersales.core.tasks.idempotency_expire": 3600.0,
        "aftersales.core.tasks.jobs_expire": 3600.0,
    }.items()
}
# By night, Shanghai time: what reads whole tables or is needed once a day.
CELERY_BEAT_SCHEDULE |= {
    name: {"task": name, "schedule": crontab(hour=hour, minute=minute)}
    for name, (hour, minute) in {
        "aftersales.core.tasks.calendar_fill": (2, 30),
        "refunds.tasks.payees_erase": (3, 0),
        "feedback.tasks.cases_find": (3, 20),
        "feedback.tasks.cases_measure": (3, 50),
        "service.tasks.warranties_ending": (3, 40),
        "orders.tasks.records_erase": (3, 5),
        "aftersales.core.tasks.webhooks_expire": (3, 15),
        "tickets.tasks.news_expire": (3, 17),
        "logistics.tasks.subscriptions_look_back": (3, 20),
        "logistics.tasks.pushes_expire": (3, 25),
        "aftersales.core.tasks.invariants_check": (3, 30),
    }.items()
}

# --- Domain knobs of an installation ----------------------------------------------------------------------------------

AFTERSALES = {
    # How refunds are paid: "offline" is a person who pays and writes the reference down; "alipay" the provider itself.
    "refund_gateway": env.str("REFUND_GATEWAY", "offline"),
    # How postage and other payouts are paid, alike.
    "payout_gateway": env.str("PAYOUT_GATEWAY", "offline"),
    # Who follows parcels: "kuaidi100", or nobody where it is empty.
    "tracking_provider": env.str("TRACKING_PROVIDER", ""),
    # Refunds outside the original way are confirmed by a person; the demo has nobody who would, so it does it itself.
    "offline_auto_confirm_seconds": 5 if DEMO else None,
    # Webhook targets on private addresses are refused, except where everything is on one machine.
    "webhooks_allow_private": DEMO or DEBUG,
    # Ports of public hosts that messages go to: no mail or database server is talked to by an address somebody typed.
    "webhook_ports": frozenset(env.list("WEBHOOK_PORTS", cast=int, default=[443, 8443])),
    # Group robots: messages go to their providers' hosts alone, and to this one (host:port, plain http) to try them.
    "robots_test_host": env.str("ROBOTS_TEST_HOST", ""),
}

# --- Mail -------------------------------------------------------------------------------------------------------------

# Digests of news are mailed; without a server they are printed.
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "aftersales@localhost")

# Keys and certificates are files: they never stand in the environment, which too many things print.
ALIPAY = {
    "gateway_url": env.str("ALIPAY_GATEWAY_URL", "https://openapi.alipay.com/gateway.do"),
    "app_id": env.str("ALIPAY_APP_ID", ""),
    "private_key_file": env.str("ALIPAY_PRIVATE_KEY_FILE", ""),
    # Either Alipay's public key, or in certificate mode three certificates.
    "public_key_file": env.str("ALIPAY_PUBLIC_KEY_FILE", ""),
    "app_cert_file": env.str("ALIPAY_APP_CERT_FILE", ""),
    "cert_file": env.str("ALIPAY_CERT_FILE", ""),
    "root_cert_file": env.str("ALIPAY_ROOT_CERT_FILE", ""),
}

# Key and salt are files, too; a push comes to the address that was given when its number was subscribed.
KUAIDI100 = {
    "url": env.str("KUAIDI_URL", "https://poll.kuaidi100.com"),
    "customer": env.str("KUAIDI_CUSTOMER", ""),
    "key_file": env.str("KUAIDI_KEY_FILE", ""),
    "salt_file": env.str("KUAIDI_SALT_FILE", ""),
    "callback_url": f"{PUBLIC_URL}/hooks/kuaidi100/",
}

# --- What is told about all this --------------------------------------------------------------------------------------

LOGGING = logs.configured(
    renderer="console" if DEBUG or DEMO else "json", level=env.str("LOG_LEVEL", "WARNING" if DEMO else "INFO")
)
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO

SENTRY_DSN = env.str("SENTRY_DSN", "")
if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False, environment=env.str("SENTRY_ENVIRONMENT", "production"))
