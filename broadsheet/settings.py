"""Every setting of Broadsheet. Works with no environment at all; production misses nothing silently.

The variables are documented in ``docs/settings.md``.
"""

import os
from email.utils import parseaddr
from pathlib import Path
from shutil import which
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

from broadsheet import csp, logs
from broadsheet.billing import rates as billing
from broadsheet.contact import rates as contact
from broadsheet.delivery.message import Signer
from broadsheet.delivery.provider import Provider
from broadsheet.delivery.smtp import Relay, Security
from broadsheet.editorial.letters import rates as letters
from broadsheet.environment import Bucket, Environment, split
from broadsheet.library import rates as library
from broadsheet.newsletters import rates as newsletters
from broadsheet.people import rates as people
from broadsheet.platform.edition_name import NameOfEdition
from broadsheet.platform.processes.sealing import recipient

env = Environment(os.environ)
ROOT = Path(__file__).resolve().parent.parent

# --- Where we are ------------------------------------------------------------------------------

MODE = env.choice("BROADSHEET_MODE", ("development", "demo", "production"))
PRODUCTION = MODE == "production"
DEBUG = MODE == "development"
# A misspelt folder would be a new one, without the magazine's pictures: production makes none.
VAR = env.folder("VAR_DIR", ROOT / "var", ROOT, must_exist=PRODUCTION)
PORT = env.number("PORT", 8000, most=65_535)
PUBLIC = env.address("PUBLIC_URL", f"http://localhost:{PORT}")
PUBLIC_URL = f"{PUBLIC.scheme}://{PUBLIC.netloc}"
HTTPS = PUBLIC.scheme == "https"
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
WEB_THREADS = env.number("WEB_THREADS", 8)
WEB_WORKERS = env.number("WEB_WORKERS", 1)
STANDBY_MEGABYTES = env.number("STANDBY_MEGABYTES", 32)
FRONTS = env.number("FRONTS", 1, most=64)
FRONT_MEGABYTES = env.number("FRONT_MEGABYTES", 128)
SPOOL_MEGABYTES = env.number("SPOOL_MEGABYTES", 512)
# The fronts' own, from `broadsheet serve`: where they and Django share pages. None: there is no front.
SPOOL = Path(os.environ["BROADSHEET_SPOOL"]) if os.environ.get("BROADSHEET_SPOOL") else None
DNS_SERVERS = env.servers("DNS_SERVERS", 53)
"""None: those of the system."""
CRAWLER_RANGES = VAR / "crawlers.json"
LOG_LEVEL = env.choice("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR"))
LOG_FORMAT = env.choice("LOG_FORMAT", ("lines", "json"))
METRICS_ADDRESS = env.servers("METRICS_ADDRESS", 9100)
METRICS_TOKEN = env.secret("METRICS_TOKEN", "", at_least=16)
if METRICS_ADDRESS and (len(METRICS_ADDRESS) > 1 or not METRICS_TOKEN):
    raise ImproperlyConfigured(
        "METRICS_ADDRESS is one address, and needs a METRICS_TOKEN: see docs/settings.md"
    )

SECRET_KEY = env.secret(
    "SECRET_KEY",
    "" if PRODUCTION else "not-secret-only-for-demo-and-development",
    at_least=50 if PRODUCTION else 1,
)
# Older keys still verify what they signed, so that a key can be changed without signing all out.
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", is_secret=True)

if PRODUCTION:
    mail = "MAIL_PROVIDER" if os.environ.get("MAIL_PROVIDER") else "SMTP_URL"
    env.require("SECRET_KEY", "PUBLIC_URL", "DATABASE_URL", mail, "MAIL_FROM")

ALLOWED_HOSTS = [PUBLIC.hostname or "", *env.hosts("EXTRA_HOSTS")]
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]

OWN = env.own("OWN_DIR", ROOT)
"""Templates, static files and apps of this installation's own: see docs/overriding.md."""

# --- The rooms ---------------------------------------------------------------------------------

ROOMS = [
    "broadsheet.importers",
    "broadsheet.site",
    "broadsheet.desk",
    "broadsheet.edge",
    "broadsheet.contact",
    "broadsheet.newsletters",
    "broadsheet.billing",
    "broadsheet.paywall",
    "broadsheet.weekly",
    "broadsheet.membership",
    "broadsheet.crawlers",
    "broadsheet.insights",
    "broadsheet.identity",
    "broadsheet.library",
    "broadsheet.editorial",
    "broadsheet.notices",
    "broadsheet.evidence",
    "broadsheet.people",
    "broadsheet.delivery",
    "broadsheet.platform",
]
if not PRODUCTION:
    ROOMS.insert(0, "broadsheet.demo")

INSTALLED_APPS = [
    *(OWN.apps if OWN else ()),
    *ROOMS,
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "broadsheet.people.apps.DeskUsersConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django.contrib.humanize",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "broadsheet.platform.http.one_chunk.one_chunk",
    "broadsheet.platform.http.health.HealthMiddleware",
    "broadsheet.platform.http.request_log.RequestLogMiddleware",
    "broadsheet.platform.http.middleware.TrustedProxyMiddleware",
    "broadsheet.edge.rendering.FrontMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "broadsheet.edge.revalidation.RevalidationMiddleware",
    "broadsheet.platform.processes.quiet_logs.HeldRecordMiddleware",
    "broadsheet.edge.standby.StandbyMiddleware",
    "broadsheet.platform.http.middleware.EditionMiddleware",
    "broadsheet.platform.http.middleware.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "broadsheet.people.middleware.LastSeenMiddleware",
    "broadsheet.people.middleware.StaffSecondFactorMiddleware",
    "broadsheet.site.reading.sign_in_merge.SignOutMiddleware",
    "broadsheet.site.reading.known_readers.KnownReaderMiddleware",
    "broadsheet.desk.middleware.DeskMiddleware",
    "broadsheet.site.redirects.RedirectMiddleware",
]

ROOT_URLCONF = "broadsheet.urls"
WSGI_APPLICATION = "broadsheet.web.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [OWN.templates] if OWN else [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "broadsheet.platform.http.context.messages",
                "broadsheet.editorial.context.magazine",
                "broadsheet.identity.context.magazine",
                "broadsheet.people.context.visitor",
                "broadsheet.membership.context.visitor",
            ],
            # Django's date filter writes microseconds into what machines read.
            "builtins": ["broadsheet.platform.templatetags.timestamps"],
        },
    }
]

# --- Data --------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{VAR / 'broadsheet.sqlite3'}", ROOT)}
DATABASE_SECONDS = env.number("DATABASE_SECONDS", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis("REDIS_URL")
# What is cached must be the same for every process: Redis where there is one, else and while it is away
# a table of the database, never one process's memory.
in_table = {
    "BACKEND": "broadsheet.platform.outages.cache.TableCache",
    "LOCATION": "platform_cache",
    "OPTIONS": {"MAX_ENTRIES": 20_000},
}
in_redis = {
    "BACKEND": "broadsheet.platform.outages.cache.RedisOrTableCache",
    "LOCATION": REDIS_URL,
    "KEY_PREFIX": "broadsheet",
}
CACHES = {"default": in_redis, "table": in_table} if REDIS_URL else {"default": in_table}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

MEDIA_BUCKET = env.read(
    "MEDIA_BUCKET",
    Bucket.at,
    None,
    example="s3://key:secret@s3.eu-central-1.amazonaws.com/magazine-media?region=eu-central-1",
    is_secret=True,
)
MEDIA_ROOT = VAR / "media"
MEDIA_URL = "/media/"
STATIC_ROOT = VAR / "static"
STATIC_URL = "/static/"
STATICFILES_DIRS = [OWN.static] if OWN and OWN.static.is_dir() else []
STORAGES = {
    "default": {"BACKEND": "broadsheet.platform.media_bucket.MediaBucket", "OPTIONS": MEDIA_BUCKET.options}
    if MEDIA_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "broadsheet.platform.style_sheets.ReadyStorage"
    },
}
BACKUP_RECIPIENT: list[str] = env.read(
    "BACKUP_RECIPIENT",
    lambda raw: [recipient(word) for word in split(raw)],
    [],
    example="age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
)
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # Wagtail's page editor sends a field per block

# --- Language, time, editions ------------------------------------------------------------------

EDITIONS = env.editions("EDITIONS", "en-us en-gb:uk")
LANGUAGE_CODE = next(iter(EDITIONS))
WAGTAIL_CONTENT_LANGUAGES = [(tag, NameOfEdition(tag)) for tag in EDITIONS]
# English, in which everything is written, and what has a catalogue. An edition's tag decides what its readers
# see, by the nearest of these; at the desk each person chooses.
INTERFACE_LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "es": "Español"}
WAGTAILADMIN_PERMITTED_LANGUAGES = list(INTERFACE_LANGUAGES.items())
LANGUAGES = [
    *WAGTAIL_CONTENT_LANGUAGES,
    *((tag, name) for tag, name in INTERFACE_LANGUAGES.items() if tag not in EDITIONS),
]
LOCALE_PATHS = [ROOT / "broadsheet/locale"]
FORMAT_MODULE_PATH = "broadsheet.platform.formats"
USE_I18N = WAGTAIL_I18N_ENABLED = True
USE_TZ = True
TIME_ZONE = "UTC"  # what readers see is in their edition's zone, the meter's in the publication's

# --- People and security -----------------------------------------------------------------------

AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# A CDN bypasses its cache for any cookie whose name begins with broadsheet_: see docs/cdn.md.
SESSION_COOKIE_NAME = "broadsheet_session"
CSRF_COOKIE_NAME = "broadsheet_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 180 * 24 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_FAILURE_VIEW = "broadsheet.site.errors.csrf_failure"

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
# They bind hosts that are not ours, and browsers for years: only who owns the domain can say so.
HSTS_SUBDOMAINS = env.choice("HSTS_SUBDOMAINS", ("no", "include", "preload"))
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS and HSTS_SUBDOMAINS != "no"
SECURE_HSTS_PRELOAD = HTTPS and HSTS_SUBDOMAINS == "preload"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # Wagtail's preview panel frames our own pages
SILENCED_SYSTEM_CHECKS = [
    "security.W019",  # it asks for DENY
    "security.W005",  # they ask for what HSTS_SUBDOMAINS leaves to the owner of the domain
    "security.W021",
]

# --- Cards -------------------------------------------------------------------------------------

STRIPE_KEY = env.text("STRIPE_KEY", is_secret=True)
STRIPE_WEBHOOK_SECRETS = env.words("STRIPE_WEBHOOK_SECRET", is_secret=True)
"""Several while one is changed for another."""
STRIPE_API = env.address("STRIPE_API", "https://api.stripe.com").geturl()
STRIPE_TAX = env.choice("STRIPE_TAX", ("no", "yes")) == "yes"
STRIPE_DOMAIN = env.domain("STRIPE_DOMAIN", example="pay.magazine.example")

SECURE_CSP = csp.readers_pages(csp.stripes_pages(STRIPE_API, STRIPE_DOMAIN) if STRIPE_KEY else [])
DESK_CSP = csp.DESK

# --- Mail --------------------------------------------------------------------------------------

SMTP = env.read(
    "SMTP_URL",
    lambda raw: Relay.at(raw, PUBLIC.hostname or "localhost"),
    None,
    example="smtp://user:password@mail.example:587",
    is_secret=True,
)
MAIL_PROVIDER = env.read("MAIL_PROVIDER", Provider.at, None, example="postmark://token@", is_secret=True)
if SMTP and MAIL_PROVIDER:
    raise ImproperlyConfigured("SMTP_URL and MAIL_PROVIDER are two ways to send: set one of them")
# The demo's own server, which `broadsheet serve` starts beside it: nothing goes further.
LETTERBOX_PORT = PORT + 25 if MODE == "demo" and not (SMTP or MAIL_PROVIDER) else None
if LETTERBOX_PORT:
    SMTP = Relay("127.0.0.1", LETTERBOX_PORT, Security.NONE, utf8=True)
MAILERS = {
    "default": {
        "BACKEND": "broadsheet.delivery.mailer.PostRoomBackend"
        if SMTP or MAIL_PROVIDER
        else "broadsheet.delivery.mailbox.MailboxBackend"
    }
}
MAILBOX_DIR = VAR / "mail"
POST_DIR = VAR / "post"
POST_CONNECTIONS = env.number("POST_CONNECTIONS", 10)
MAIL_MEGABYTES = env.number("MAIL_MEGABYTES", 20)
"""What a message may have, as the mail server takes it."""
POST_THROTTLE = env.limits("POST_THROTTLE")
"""Receiving domain → messages a minute."""
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender(
    "MAIL_FROM",
    "The Meridian <letters@meridian.example>" if MODE == "demo" else "letters@magazine.example",
)
INTAKE_SECRET = env.text("INTAKE_SECRET", is_secret=True)
ANYMAIL = MAIL_PROVIDER.for_anymail(INTAKE_SECRET) if MAIL_PROVIDER else {}
CONTACT_ADDRESS = parseaddr(env.sender("CONTACT_ADDRESS", ""))[1].lower()
"""Whose mail a mail server hands to `broadsheet take_in`; empty where none does."""
RETURN_PATH_DOMAIN = env.domain("RETURN_PATH_DOMAIN", example="bounces.magazine.example")
DKIM_SELECTOR = env.domain("DKIM_SELECTOR", "broadsheet", example="broadsheet")
DKIM_DOMAIN = env.domain("DKIM_DOMAIN", example="magazine.example")
DKIM_DOMAIN = DKIM_DOMAIN or parseaddr(DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
DKIM_KEY = env.pem(
    "DKIM_KEY",
    ROOT,
    lambda pem: Signer.of(DKIM_DOMAIN, DKIM_SELECTOR, pem),
    example="/etc/magazine-dkim.pem, which `openssl genrsa -out /etc/magazine-dkim.pem 2048` makes",
)

# --- allauth: the e-mail address is the account ------------------------------------------------

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "people:account"
ACCOUNT_ADAPTER = "broadsheet.people.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_FORMS = {"login": "broadsheet.people.password_form.SignInByPasswordForm"}
# Its sign-up form is closed, but without a password there allauth takes it from the sign-in form too.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
# An address is proven by the code or link before there is an account, so allauth has nothing to
# verify, and Person.email is the only place where it stands.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
# Each room names its own; what they leave out is allauth's.
ACCOUNT_RATE_LIMITS = (
    people.RATES | contact.RATES | letters.RATES | billing.RATES | library.RATES | newsletters.RATES
)
USERSESSIONS_TRACK_ACTIVITY = False  # it would write with every request: see people/middleware.py
# Off, browsers delete what they keep, and the worker that answers from it.
OFFLINE_ISSUES = env.choice("OFFLINE_ISSUES", ("yes", "no")) == "yes"
NEWSLETTER_SILENT_MONTHS = env.number("NEWSLETTER_SILENT_MONTHS", 12, most=120)
STAFF_SECOND_FACTOR = env.choice("STAFF_SECOND_FACTOR", ("optional", "required"))
MFA_ADAPTER = "broadsheet.people.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "broadsheet.people.passkeys.AddPasskeyForm",
    "login_webauthn": "broadsheet.people.passkeys.SignInPasskeyForm",
    "authenticate_webauthn": "broadsheet.people.passkeys.SecondFactorPasskeyForm",
    "reauthenticate_webauthn": "broadsheet.people.passkeys.ConfirmPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # half a minute either way, for clocks that aren't quite right
# Browsers allow WebAuthn on http only for localhost; so does this.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# --- Wagtail -----------------------------------------------------------------------------------

WAGTAIL_SITE_NAME = "Broadsheet"
WAGTAILADMIN_BASE_URL = PUBLIC_URL
# Staff sign in where readers do; Wagtail's own page would let them past their second factor, so that
# urls.py closes it. Addresses and passwords are changed on the account page.
WAGTAILADMIN_LOGIN_URL = LOGIN_URL
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_FRONTEND_LOGIN_URL = "/account/sign-in/"
# Documents are for the desk alone: there is no page on which a reader would type a collection's password.
WAGTAILDOCS_PRIVATE_COLLECTION_OPTIONS = {"SHARED_PASSWORD": False}
WAGTAILDOCS_DOCUMENT_FORM_BASE = "broadsheet.editorial.media.sound_form.SoundForm"
WAGTAILIMAGES_IMAGE_MODEL = "editorial.Picture"
WAGTAILIMAGES_IMAGE_FORM_BASE = "broadsheet.editorial.media.picture_form.PictureForm"
WAGTAILIMAGES_FORMAT_CONVERSIONS = {"webp": "webp", "avif": "avif"}
WAGTAILIMAGES_WEBP_QUALITY = 78
WAGTAILIMAGES_AVIF_QUALITY = 60
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "heic", "jpeg", "jpg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = env.number("PICTURE_MEGABYTES", 25) * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 60_000_000
SPEECH_COMMAND = env.command("SPEECH_COMMAND", "speak {language}")
if MODE == "demo" and not SPEECH_COMMAND and which("espeak-ng"):
    # So that the demo has something to hear. What it writes is WAV, which is large: see docs/listen.md.
    SPEECH_COMMAND = ["espeak-ng", "--stdin", "--stdout", "-v", "{language}"]
SPEECH_MEGABYTES = env.number("SPEECH_MEGABYTES", 2048)
on_sqlite = str(DATABASES["default"]["ENGINE"]).endswith("sqlite3")
searches = "broadsheet.editorial.search_on_sqlite" if on_sqlite else "modelsearch.backends.database"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": searches}}
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {"WIDGET": "broadsheet.desk.newsroom.pasted_text.PastedTextArea"}
}
WAGTAILEMBEDS_RESPONSIVE_HTML = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# Some systems list their own clock as a zone, which browsers don’t know.
WAGTAIL_USER_TIME_ZONES = sorted(available_timezones() - {"localtime"})
TAGGIT_CASE_INSENSITIVE = True

LOGGING = logs.at(LOG_LEVEL, LOG_FORMAT)
