"""Commands for those who run the site: `flask --app webapp.app <command>`. One file per group."""
