"""What the site costs, measured beside what it could cost at least: `make bench` runs all of it."""
