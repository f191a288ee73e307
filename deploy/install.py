"""
Make ``.venv`` from a lock file, with the package index that pip is set up to use.

Needs nothing but Python 3.11: ``python3 deploy/install.py requirements.lock``.
A second run with the same lock file returns at once.
"""

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
UV = ENVIRONMENT / "bin" / "uv"
UV_VERSION = "0.13.9"

UV_RULES = {
    "UV_PYTHON_DOWNLOADS": "never",
    # As pip does: all indexes are asked. The hashes of the lock tell what is genuine.
    "UV_INDEX_STRATEGY": "unsafe-best-match",
}

# How uv calls the settings that people make for pip, and what parts its lists.
FROM_PIP = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "cert": ("SSL_CERT_FILE", " "),
    "trusted-host": ("UV_INSECURE_HOST", " "),
}


def main(lock: Path) -> None:
    """Install what ``lock`` names, and the project itself, unless that is done."""
    stamp = ENVIRONMENT / f".installed-{lock.stem}"
    wanted = _fingerprint(lock)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("正在安装 Python 组件……  ·  Installing the Python packages …", flush=True)  # noqa: T201 -- a minute passes
    _make_environment()
    environment = {**os.environ, **_index_settings(), **UV_RULES}
    _install(["--require-hashes", "--compile-bytecode", "-r", str(lock)], environment)
    _install(["--no-deps", "--editable", str(ROOT)], environment)
    stamp.write_text(wanted)


def _fingerprint(lock: Path) -> str:
    project = ROOT / "pyproject.toml"
    content = lock.read_bytes() + project.read_bytes() + sys.version.encode()
    return hashlib.sha256(content).hexdigest()


def _make_environment() -> None:
    if not PYTHON.exists():
        _require_venv()
        venv.create(ENVIRONMENT, with_pip=True, symlinks=True)
    if not UV.exists():
        _run([str(PYTHON), "-m", "pip", "install", "--quiet", f"uv=={UV_VERSION}"])


def _require_venv() -> None:
    """Debian keeps a part of venv in a package of its own."""
    try:
        import ensurepip  # noqa: F401, PLC0415 -- asked for its presence only
    except ImportError:
        package = f"python3.{sys.version_info.minor}-venv"
        if os.geteuid() != 0:
            sys.exit(
                f"Please install {package} first: sudo apt install {package} / 请先安装 {package}。"
            )
        _run(["apt-get", "update", "-qq"])
        _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])


def _index_settings() -> dict[str, str]:
    """Return pip's settings in the words of uv; what is set for uv itself wins."""
    shown = subprocess.run(  # noqa: S603 -- our own pip
        [str(PYTHON), "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    settings: dict[str, str] = {}
    # pip lists the weakest first and the environment ":env:" before files: sort it last.
    for line in sorted(shown.splitlines(), key=lambda line: line.startswith(":env:")):
        name, _, value = line.partition("=")
        option = name.rpartition(".")[2]
        if option in FROM_PIP:
            variable, separator = FROM_PIP[option]
            settings[variable] = separator.join(
                value.strip("'\"").replace("\\n", " ").split()
            )
    return {name: text for name, text in settings.items() if name not in os.environ}


def _install(what: list[str], environment: dict[str, str]) -> None:
    _run([str(UV), "pip", "install", "--python", str(PYTHON), *what], environment)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    print("+", " ".join(command), flush=True)  # noqa: T201 -- tells what takes long
    ended = subprocess.run(command, env=environment)  # noqa: S603 -- written above
    if ended.returncode:
        sys.exit(ended.returncode)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
