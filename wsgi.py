"""gunicorn's door: `gunicorn wsgi:app`. Settings come from the environment."""

import os

from webapp.app import create_app
from webapp.settings import SettingsInvalid
from webapp.sites import SITE, SITES, ByHost, chosen, read_sites

try:
    # One application is itself: it judges host names, and commands find it.
    app = (
        ByHost((site, create_app(site.settings)) for site in read_sites(os.environ))
        if os.environ.get(SITES) and not os.environ.get(SITE)
        else create_app(chosen(os.environ))
    )
except SettingsInvalid as error:
    raise SystemExit(str(error)) from None
