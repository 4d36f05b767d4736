"""The settings that this example needs. At the end of settings.py: from .release_settings import *"""

from pathlib import Path

# The folder of this release: `resolve` follows the link `current`.
RELEASE_DIR = Path(__file__).resolve().parent.parent
# Each release has a folder with its version as the name, so no file or variable needs to say which release this is.
RELEASE = RELEASE_DIR.name

# nginx serves this folder as /static/. `collectstatic` fills it before the switch, and a rollback returns to the files of its release.
STATIC_URL = "/static/"
STATIC_ROOT = RELEASE_DIR / "staticfiles"
STATICFILES_DIRS = [RELEASE_DIR / "static"]

# templates/404.html and templates/500.html are what people see of an error; with DEBUG they see the code.
DEBUG = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RELEASE_DIR / "templates"],
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

# nginx ends TLS and says so.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
