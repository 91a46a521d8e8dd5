"""The server extension: its configuration, and the wiring of the API into a Jupyter server.

Every server with the package installed imports this module at start, so it imports nothing heavy: schemas,
verbs and the store come with the first request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, cast

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Float, Int, TraitError

from jupyter_repro.api import PREFIX, RESOURCE
from jupyter_repro.api.preferences import NAMES, Preferences

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

    from jupyter_repro.api.notify import EventBus
    from jupyter_repro.api.services import Services
    from jupyter_repro.configuration import Configuration

_DEFAULTS = Preferences()

_LOCAL, _OURS = "local-provisioner", "jupyter-repro-local"
"""Names of provisioners: Jupyter's own for kernels of this machine, and the same that knows of workspaces."""


class ReproApp(ExtensionApp):
    """Durable, reproducible workspaces: history, preview, restore and recreate in Lab and Notebook."""

    name = RESOURCE
    description = __doc__ or ""
    load_other_extensions = True

    auto_protect = Bool(
        False,
        help=(
            "Make the directory the server starts in a workspace without asking, when it is none. For administrators "
            "whose users expect it; a person protects a directory with one click."
        ),
    ).tag(config=True)
    auto_checkpoint = Bool(
        _DEFAULTS.auto_checkpoint, help="Make a checkpoint every auto_checkpoint_minutes when something changed."
    ).tag(config=True)
    auto_checkpoint_minutes = Int(
        _DEFAULTS.auto_checkpoint_minutes, min=1, max=1440, help="Minutes between two automatic checkpoints."
    ).tag(config=True)
    checkpoint_at_stop = Bool(
        _DEFAULTS.checkpoint_at_stop,
        help="Make a checkpoint when the server stops, in at most half of stop_seconds.",
    ).tag(config=True)
    stop_seconds = Float(
        10.0,
        min=0.0,
        help=(
            "How long whoever stops the server waits before killing it, in seconds: 10 for Docker, 30 for Kubernetes. "
            "The checkpoint at stop takes at most half of it."
        ),
    ).tag(config=True)
    recover_at_start = Bool(
        _DEFAULTS.recover_at_start,
        help="When the server starts, make a 'recovered' checkpoint of what the last session left unsaved.",
    ).tag(config=True)
    checkpoint_on_save = Bool(
        _DEFAULTS.checkpoint_on_save, help="Make a checkpoint whenever a notebook is saved in Lab."
    ).tag(config=True)
    workers = Int(
        2, min=1, max=16, help="Processes for long work (checkpoint, restore, recreate): as many tasks run at once."
    ).tag(config=True)

    def _config_file_name_default(self) -> str:
        # The file that the command line reads as well: one place for all settings.
        return "jupyter_repro_config"

    def initialize_settings(self) -> None:
        """Have kernels told the workspace they start in, unless the server was told to start them in another way."""
        from jupyter_client.provisioning.factory import KernelProvisionerFactory

        factory = KernelProvisionerFactory.instance(parent=self._server)
        if factory.default_provisioner_name == _LOCAL and _OURS in factory.provisioners:
            factory.default_provisioner_name = _OURS

    def initialize_handlers(self) -> None:
        """Put the API below the server's base URL."""
        from jupyter_repro.api.handler import ReproHandler

        self.services = self._make_services()
        # A browser that subscribes hears of the kinds of events that are known by then, and of no later ones.
        self.services.announce_events()
        self.handlers.append((rf"{PREFIX}(?:/.*)?", ReproHandler, {"services": self.services}))

    async def _start_jupyter_server_extension(self, serverapp: ServerApp) -> None:
        self._check_checkpoints_class()
        bus, manager = self._server.event_logger, self._server.contents_manager
        if bus is not None and hasattr(manager, "event_schema_id"):
            bus.add_listener(schema_id=manager.event_schema_id, listener=self._contents_changed)
        await self.services.start()

    async def _contents_changed(self, logger: object, schema_id: str, data: dict[str, object]) -> None:
        # The contents manager tells of every save, whichever of its classes is in use.
        path = data.get("path")
        if data.get("action") == "save" and isinstance(path, str) and path.endswith(".ipynb"):
            self.services.notebook_saved(path)

    async def stop_extension(self) -> None:
        """Checkpoint, close the session, end the workers."""
        await self.services.stop()

    def current_activity(self) -> dict[str, object] | None:
        """Running tasks keep an idle server alive."""
        return self.services.activity()

    @property
    def _server(self) -> ServerApp:
        if self.serverapp is None:
            raise RuntimeError("this extension is not linked to a server yet")
        return self.serverapp

    def _make_services(self) -> Services:
        from jupyter_repro.api.services import Services

        server = self._server
        configured = self.config.get(type(self).__name__, {})
        return Services(
            root=server.root_dir,
            base_url=server.base_url,
            bus=cast("EventBus", server.event_logger),
            log=self.log,
            load_configuration=self._configuration,
            configured=Preferences(**{name: getattr(self, name) for name in NAMES}),
            locked=frozenset(name for name in NAMES if name in configured),
            auto_protect=self.auto_protect,
            stop_seconds=self.stop_seconds,
            workers=self.workers,
            named_users=self._has_named_users(),
            notary=lambda: server.contents_manager.notary,
            shared_rooms=self._shared_rooms,
        )

    def _shared_rooms(self) -> Iterable[object]:
        """The rooms that jupyter-collaboration keeps, when it is there and has begun."""
        from jupyter_repro.api.shared_documents import EXTENSION

        for extension in self._server.extension_manager.extension_apps.get(EXTENSION, ()):
            rooms: Mapping[str, object] = getattr(getattr(extension, "ywebsocket_server", None), "rooms", {})
            yield from list(rooms.values())

    def _check_checkpoints_class(self) -> None:
        """Say at start, not at the first save, when the opt-in cannot work."""
        manager = self._server.contents_manager
        if getattr(manager, "checkpoints_class", type).__module__ == "jupyter_repro.api.checkpoints":
            try:
                _ = manager.checkpoints
            except TraitError as error:
                self.log.error("%s", error)

    def _configuration(self) -> Configuration:
        """The settings of the command line, under those of this server's own configuration."""
        from jupyter_repro.configuration import load_configuration

        return load_configuration(self.config.get("Repro"))

    def _has_named_users(self) -> bool:
        # Without one of these the server knows a token or a password, and makes up a name for whoever has it.
        from jupyter_server.auth.identity import IdentityProvider, LegacyIdentityProvider, PasswordIdentityProvider

        nameless = (IdentityProvider, PasswordIdentityProvider, LegacyIdentityProvider)
        return type(self._server.identity_provider) not in nameless


def main() -> None:
    """``python -m jupyter_repro.app``: a Jupyter server with this extension; ``--help-all`` shows its settings."""
    ReproApp.launch_instance()  # type: ignore[no-untyped-call]  # jupyter_server is typed in part


if __name__ == "__main__":
    main()
