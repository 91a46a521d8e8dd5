"""What the server does by itself."""

from __future__ import annotations

from dataclasses import asdict

from jupyter_repro.api.calls import Call
from jupyter_repro.api.schemas.settings import Settings, SettingsChange


def settings(call: Call) -> Settings:
    """The settings in force."""
    store = call.services.preferences
    return Settings(**asdict(store.current), locked=sorted(store.locked))


def change(call: Call) -> Settings:
    """Change some of them."""
    given = call.sent(SettingsChange).model_dump(exclude_none=True)
    call.services.preferences.change(given)
    return settings(call)
