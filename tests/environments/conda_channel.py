"""A channel of conda on disk, with packages as small as they can be: written file by file, as the formats say."""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import os
import platform
import sys
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import zstandard

PLACEHOLDER = "/placeholder" * 12
"""Stands in files for the prefix, which the installer puts in its place."""

SUBDIR = f"linux-{ {'x86_64': '64'}.get(platform.machine(), platform.machine()) }"
PYTHON = platform.python_version()
MINOR = ".".join(PYTHON.split(".")[:2])


@dataclass
class Channel:
    """A channel in ``folder``. What is added or withdrawn is there once it was indexed."""

    folder: Path
    records: dict[str, dict[str, object]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.folder.as_uri()

    def add(
        self,
        name: str,
        version: str,
        files: Mapping[str, str] | None = None,
        *,
        depends: Sequence[str] = (),
        build: str = "0",
        noarch: str = "",
        links: Mapping[str, str] | None = None,
        old: bool = False,
    ) -> Path:
        """Put a package into the channel; ``old`` chooses the format .tar.bz2. Returns its file."""
        index: dict[str, object] = {
            "name": name,
            "version": version,
            "build": build,
            "build_number": 0,
            "depends": list(depends),
            "subdir": "noarch" if noarch else SUBDIR,
            "license": "BSD-3-Clause",
            "timestamp": 1700000000000,
        }
        if noarch:
            index["noarch"] = noarch
        payload = {path: text.encode() for path, text in (files or {}).items()}
        info = _info(index, payload, links or {})
        stem = f"{name}-{version}-{build}"
        file = self.folder / str(index["subdir"]) / (stem + (".tar.bz2" if old else ".conda"))
        file.parent.mkdir(parents=True, exist_ok=True)
        if old:
            file.write_bytes(_tar({**info, **payload}, links or {}, "w:bz2"))
        else:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as opened:
                opened.writestr("metadata.json", '{"conda_pkg_format_version": 2}')
                opened.writestr(f"pkg-{stem}.tar.zst", zstandard.compress(_tar(payload, links or {}, "w")))
                opened.writestr(f"info-{stem}.tar.zst", zstandard.compress(_tar(info, {}, "w")))
        data = file.read_bytes()
        self.records[file.name] = {
            **index,
            "sha256": hashlib.sha256(data).hexdigest(),
            "md5": hashlib.md5(data).hexdigest(),
            "size": len(data),
        }
        return file

    def file(self, name: str) -> Path:
        """The one file of the package of that name."""
        (found,) = (path for path in self.folder.glob("*/*") if path.name.startswith(f"{name}-"))
        return found

    def index(self) -> Channel:
        """Write what the channel has."""
        for subdir in ("noarch", SUBDIR):
            own = {file: record for file, record in self.records.items() if record["subdir"] == subdir}
            said = {
                "info": {"subdir": subdir},
                "packages": {file: record for file, record in own.items() if file.endswith(".bz2")},
                "packages.conda": {file: record for file, record in own.items() if file.endswith(".conda")},
                "repodata_version": 1,
            }
            (self.folder / subdir).mkdir(parents=True, exist_ok=True)
            (self.folder / subdir / "repodata.json").write_text(json.dumps(said))
        return self


def make_channel(folder: Path) -> Channel:
    """A channel with a Python (this one, in small), a kernel, and some packages that depend on one another."""
    channel = Channel(folder)
    base = os.path.realpath(sys.executable)
    site = f"lib/python{MINOR}/site-packages"
    # With this file the interpreter behind the link takes the environment for its own.
    home = f"home = {os.path.dirname(base)}\ninclude-system-site-packages = false\nversion = {PYTHON}\n"
    links = {"bin/python": base, "bin/python3": "python", f"bin/python{MINOR}": "python"}
    channel.add("python", PYTHON, {"pyvenv.cfg": home, f"{site}/README.txt": "packages\n"}, links=links, build="tiny_0")
    spec = importlib.util.find_spec("ipykernel")
    assert spec is not None
    assert spec.origin is not None
    channel.add(
        "ipykernel",
        "6.0",
        {"site-packages/kernel-of-the-tests.pth": str(Path(spec.origin).parents[1]) + "\n"},
        depends=["python"],
        noarch="python",
    )
    wheel = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    for version, old in (("1.0", False), ("1.1", True)):
        files = {f"site-packages/stats-{version}.dist-info/METADATA": _metadata("stats", version)}
        files[f"site-packages/stats-{version}.dist-info/WHEEL"] = wheel
        files["site-packages/stats.py"] = f"version = {version!r}\n"
        channel.add("stats", version, files, depends=["python >=3.10", "tables"], noarch="python", old=old)
    tool = f"#!{PLACEHOLDER}/bin/python\nprint('{PLACEHOLDER}')\n"
    where = 'export TABLES_HOME="$CONDA_PREFIX/share/tables"\n'
    channel.add(
        "tables",
        "2.5",
        {"bin/tables": tool, "share/tables/data.txt": "x" * 2000, "etc/conda/activate.d/tables.sh": where},
        build="h3_1",
    )
    spec_of_tiny = {"argv": ["python", "-m", "tiny_kernel", "-f", "{connection_file}"], "language": "tiny"}
    channel.add(
        "tiny-kernel",
        "1.0",
        {
            f"{site}/tiny_kernel.py": _TINY_KERNEL.format(packages=str(Path(spec.origin).parents[1])),
            "share/jupyter/kernels/tiny/kernel.json": json.dumps({**spec_of_tiny, "display_name": "Tiny Language"}),
            "share/jupyter/kernels/tiny/logo-svg.svg": "<svg/>",
        },
        depends=["python"],
    )
    return channel.index()


_TINY_KERNEL = """\
import os, sys
sys.path.append({packages!r})
from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel

class Tiny(Kernel):
    implementation = banner = "tiny"
    implementation_version = "1.0"
    language_info = {{"name": "tiny", "mimetype": "text/plain", "file_extension": ".tiny"}}

    def do_execute(self, code, silent, *args, **kwargs):
        said = "tiny " + os.environ[code] + "\\n"
        self.send_response(self.iopub_socket, "stream", {{"name": "stdout", "text": said}})
        return {{"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {{}}}}

IPKernelApp.launch_instance(kernel_class=Tiny)
"""
"""A kernel of a language that knows one thing: the name of a variable, which it answers with its value."""


def _metadata(name: str, version: str) -> str:
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"


def _info(index: dict[str, object], payload: Mapping[str, bytes], links: Mapping[str, str]) -> dict[str, bytes]:
    paths: list[dict[str, object]] = []
    for path, data in payload.items():
        entry: dict[str, object] = {"_path": path, "path_type": "hardlink", "sha256": hashlib.sha256(data).hexdigest()}
        entry["size_in_bytes"] = len(data)
        if PLACEHOLDER.encode() in data:
            entry |= {"prefix_placeholder": PLACEHOLDER, "file_mode": "text"}
        paths.append(entry)
    empty = hashlib.sha256(b"").hexdigest()
    paths += [{"_path": path, "path_type": "softlink", "sha256": empty, "size_in_bytes": 0} for path in links]
    found = {
        "info/index.json": json.dumps(index).encode(),
        "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}).encode(),
        "info/about.json": b"{}",
        "info/files": "\n".join([*payload, *links]).encode(),
    }
    if index.get("noarch") == "python":
        found["info/link.json"] = json.dumps({"noarch": {"type": "python"}, "package_metadata_version": 1}).encode()
    return found


def _tar(members: Mapping[str, bytes], links: Mapping[str, str], mode: str) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode=mode) as opened:  # type: ignore[call-overload]
        for path, data in members.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), 0o755 if path.startswith("bin/") else 0o644
            opened.addfile(entry, io.BytesIO(data))
        for path, target in links.items():
            entry = tarfile.TarInfo(path)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            opened.addfile(entry)
    return written.getvalue()
