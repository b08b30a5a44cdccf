"""gunicorn's door: `gunicorn wsgi:app`. Settings come from the environment."""

import gc
import os

# What is loaded here stays as long as the process: nobody need look through it for what could be thrown away,
# neither while it is loaded nor with every page. That is a third of the time that loading takes.
gc.disable()

from webapp.app import create_app  # noqa: E402
from webapp.settings import SettingsInvalid  # noqa: E402
from webapp.sites import SITE, SITES, ByHost, chosen, read_sites  # noqa: E402

try:
    # One application is itself: it judges host names, and commands find it.
    app = (
        ByHost((site, create_app(site.settings)) for site in read_sites(os.environ))
        if os.environ.get(SITES) and not os.environ.get(SITE)
        else create_app(chosen(os.environ))
    )
except SettingsInvalid as error:
    raise SystemExit(str(error)) from None
finally:
    gc.freeze()
    gc.enable()
