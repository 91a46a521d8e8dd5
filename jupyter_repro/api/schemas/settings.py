"""Settings of the server extension that a person may change while it runs."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from jupyter_repro.api.schemas.base import Answer, Request


class Settings(Answer):
    """How the server protects the workspace by itself."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "auto_checkpoint": True,
                    "auto_checkpoint_minutes": 10,
                    "checkpoint_at_stop": True,
                    "recover_at_start": True,
                    "checkpoint_on_save": False,
                    "locked": [],
                }
            ]
        }
    )

    auto_checkpoint: bool = Field(description="A checkpoint every so often, when something changed.")
    auto_checkpoint_minutes: int = Field(ge=1, le=1440, description="How often.")
    checkpoint_at_stop: bool = Field(description="A checkpoint when the server stops.")
    recover_at_start: bool = Field(description="At start, a `recovered` checkpoint of what the last session left.")
    checkpoint_on_save: bool = Field(description="A checkpoint whenever a notebook is saved.")
    locked: list[str] = Field(description="Settings the administrator fixed; changing one is refused.")


class SettingsChange(Request):
    """Settings to change; absent ones stay."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"auto_checkpoint_minutes": 30}]})

    auto_checkpoint: bool | None = None
    auto_checkpoint_minutes: int | None = Field(default=None, ge=1, le=1440)
    checkpoint_at_stop: bool | None = None
    recover_at_start: bool | None = None
    checkpoint_on_save: bool | None = None
