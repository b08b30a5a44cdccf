"""Commands for those who run the site: `flask --app wsgi <group> …`. One file per group."""
