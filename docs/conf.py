"""How Sphinx builds the documentation: ``make docs``."""

from __future__ import annotations

import jupyter_repro

project = "jupyter-repro"
author = "The jupyter-repro contributors"
copyright = author
version = release = jupyter_repro.__version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = f"jupyter-repro {version}"
html_show_copyright = html_show_sphinx = False
html_copy_source = html_show_sourcelink = False
# The colours of the plugin.
_BLUE, _LIGHT_BLUE = "#1976d2", "#64b5f6"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": _BLUE, "color-brand-content": _BLUE},
    "dark_css_variables": {"color-brand-primary": _LIGHT_BLUE, "color-brand-content": _LIGHT_BLUE},
}
