"""Settings of a county's server: everything comes from the environment (docs/deploy.md lists it)."""

import base64
import binascii

from portal.running import logs
from portal.running.environment import Environment

from .base import *  # noqa: F403

_environment = Environment()

DEBUG = False
SECRET_KEY = _environment.required("SECRET_KEY", "用来给登录会话签名，用随机生成的长串。", shortest=50)
FIELD_KEYS = _environment.listed(
    "FIELD_KEYS", "个人信息的加密密钥，32 字节的 base64，多个用逗号隔开，第一个用来加密。"
)
LOOKUP_KEY = _environment.required(
    "LOOKUP_KEY", "按身份证号等查找时用的密钥，用随机生成的长串。", shortest=32
)
ALLOWED_HOSTS = _environment.listed("ALLOWED_HOSTS", "网站的域名，多个用逗号隔开。")
SITE_ADDRESS = _environment.required(
    "SITE_ADDRESS", "网站对外的完整地址，例如 https://mingbai.example.gov.cn。"
).rstrip("/")
_environment.required("DATABASE_URL", "数据库地址，例如 postgres://用户:口令@主机:5432/库名。")

INQUIRY_KEY = _environment.required(
    "INQUIRY_KEY",
    "封存监督检索记录的钥匙，由纪检机关用 make_inquiry_key 生成后交来；开封的那一半不要放在这里。",
)

for _key in FIELD_KEYS:
    try:
        _length = len(base64.b64decode(_key, validate=True))
    except (ValueError, binascii.Error):
        _length = 0
    if _length != 32:
        _environment.faults.append("FIELD_KEYS：每个密钥都必须是 32 字节的 base64。")
    elif b"development-only" in base64.b64decode(_key):
        _environment.faults.append("FIELD_KEYS：用的是开发环境的密钥，正式环境必须另设。")
if INQUIRY_KEY == "efw/cEkwuYXytDWvetSeijhLJioCI8iuXpIEW/FC6xs=":
    _environment.faults.append("INQUIRY_KEY：用的是开发环境的钥匙，正式环境必须另设。")
if SITE_ADDRESS and not SITE_ADDRESS.startswith("https://"):
    _environment.faults.append("SITE_ADDRESS：必须以 https:// 开头。")

WAGTAILADMIN_BASE_URL = SITE_ADDRESS
CSRF_TRUSTED_ORIGINS = [SITE_ADDRESS]

# Mail: a county without a mail server says so with MAIL_HOST=none, so that nothing is lost unnoticed.
EMAIL_HOST = _environment.required("MAIL_HOST", "发信服务器；没有发信服务器就写 none。")
if EMAIL_HOST == "none":
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
else:
    EMAIL_PORT = int(_environment.text("MAIL_PORT", "465"))
    EMAIL_USE_SSL = EMAIL_PORT == 465
    EMAIL_USE_TLS = not EMAIL_USE_SSL
    EMAIL_HOST_USER = _environment.text("MAIL_USER")
    EMAIL_HOST_PASSWORD = _environment.text("MAIL_PASSWORD")
    EMAIL_TIMEOUT = 20
    DEFAULT_FROM_EMAIL = SERVER_EMAIL = _environment.required("MAIL_FROM", "发信人的地址。")

# A county that signs in by a gateway of its own may say so; sessions are watched all the same.
SIGN_IN_SECOND_FACTOR = _environment.text("SECOND_FACTOR", "on") != "off"
SIGN_IN_WATCHED = True

SECURE_SSL_REDIRECT = True
# A load balancer asks on the inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
if _environment.switch("BEHIND_PROXY"):
    # Only where a proxy in front always sets or removes this header itself: otherwise anyone may claim TLS.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
# The prefix makes a browser refuse a cookie set by a neighbouring site or without TLS.
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_HTTPONLY = False

if _redis := _environment.text("REDIS_URL"):
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": _redis}}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
LOGGING = logs.configuration("json")

CLOCK_MAY_BE_SET = False
DEMO_ALLOWED = False

_environment.finish()
