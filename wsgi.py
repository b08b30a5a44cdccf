"""gunicorn's door: `gunicorn wsgi:app`. Settings come from the environment."""

import os

from webapp.app import create_app
from webapp.settings import SettingsInvalid
from webapp.sites import ByHost, read_sites

try:
    sites = read_sites(os.environ)
except SettingsInvalid as error:
    raise SystemExit(str(error)) from None

apps = [(site, create_app(site.settings)) for site in sites]
# One application alone is itself: it judges host names, and `flask --app wsgi` finds it.
app = apps[0][1] if len(apps) == 1 and not sites[0].name else ByHost(apps)
