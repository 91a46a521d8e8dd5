"""An environment.yml on top of another."""

from __future__ import annotations

from jupyter_repro.environments.definitions import Definition, Parent
from jupyter_repro.environments.engines.conda_fields import file_of


def test_a_package_counts_as_the_file_on_top_says() -> None:
    below = Definition(
        engine="conda", conda="channels: [one]\ndependencies: [python=3.11, one::gdal=3.8, Stats>=1, stats-extra]\n"
    )
    parent = Parent(name="base", number=1, definition=below, lock="", pins="")
    above = Definition(
        engine="conda", conda="channels: [two]\ndependencies: [gdal 3.10.*, stats=2, new]\n", parent=parent
    )
    found = file_of(above)
    assert found.channels == ("one", "two")
    assert found.dependencies == ("python=3.11", "stats-extra", "gdal 3.10.*", "stats=2", "new")
