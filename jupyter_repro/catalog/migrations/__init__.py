"""Alembic's migrations of the catalogue, run by ``jupyter_repro.catalog.migrate`` and never by hand."""
