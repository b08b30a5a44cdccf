"""gunicorn's door: `gunicorn wsgi:app`. Settings come from the environment."""

import os

from webapp.app import create_app
from webapp.settings import Settings, SettingsInvalid

try:
    settings = Settings.from_environ(os.environ)
except SettingsInvalid as error:
    raise SystemExit(str(error)) from None

app = create_app(settings)
