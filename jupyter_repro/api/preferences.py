"""What the server does by itself: the administrator's configuration, then what the person chose in Lab."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from logging import Logger
from pathlib import Path

from jupyter_repro.api.problems import refuse


@dataclass(frozen=True, slots=True)
class Preferences:
    """Each is a trait of ``ReproApp`` with the same name, and a field of the settings route."""

    auto_checkpoint: bool = True
    auto_checkpoint_minutes: int = 10
    checkpoint_at_stop: bool = True
    recover_at_start: bool = True
    checkpoint_on_save: bool = False


NAMES = tuple(field.name for field in fields(Preferences))


class PreferenceStore:
    """The preferences in force. ``configured`` are those of the configuration, ``locked`` the ones it sets expressly.

    What a person changes is kept in ``file`` (JSON), and holds for later servers too.
    """

    def __init__(self, configured: Preferences, locked: frozenset[str], file: Path, log: Logger) -> None:
        self._configured = configured
        self.locked = locked
        self._file = file
        self._chosen = self._read(log)
        self._listeners: list[Callable[[Preferences], None]] = []

    @property
    def current(self) -> Preferences:
        """What holds now."""
        return replace(self._configured, **self._chosen)  # type: ignore[arg-type]  # the values were checked on the way in

    def listen(self, listener: Callable[[Preferences], None]) -> None:
        """Call ``listener`` after every change, in the thread that made it."""
        self._listeners.append(listener)

    def change(self, changes: Mapping[str, bool | int]) -> Preferences:
        """Change some. Raises ``RequestRefused`` when the administrator fixed one of them to something else."""
        before = self.current
        for name, value in changes.items():
            if name in self.locked and getattr(before, name) != value:
                raise refuse(403, f"The setting {name} is fixed by this server's configuration.", "setting_locked")
        self._chosen = {**self._chosen, **{name: value for name, value in changes.items() if name not in self.locked}}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._file.with_name(f".{self._file.name}.{os.getpid()}")
        temporary.write_text(json.dumps(self._chosen), encoding="utf-8")
        temporary.replace(self._file)
        current = self.current
        for listener in self._listeners:
            listener(current)
        return current

    def _read(self, log: Logger) -> dict[str, bool | int]:
        given: object = {}
        try:
            given = json.loads(self._file.read_text("utf-8"))
        except FileNotFoundError:
            pass
        except (OSError, ValueError) as error:
            log.warning("The settings in %s cannot be read and are left aside: %s", self._file, error)
        if not isinstance(given, dict):
            return {}
        default = Preferences()
        return {
            name: value
            for name, value in given.items()
            if name in NAMES and name not in self.locked and type(value) is type(getattr(default, name))
        }
