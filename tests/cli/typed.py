"""Commands, typed as a person types them."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ARCHITECT = [sys.executable, "-c", "import sys; from backend_architect.cli import main; sys.exit(main())"]
ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "social-sharing" / "backend.yaml"
SENTENCE = "We need an API for our social sharing feature"


@dataclass(frozen=True)
class Typed:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


def architect(*words: str, folder: Path | None = None, environment: Mapping[str, str] | None = None) -> Typed:
    """Return what `architect` says to these words."""
    done = subprocess.run(
        [*ARCHITECT, *words],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Typed(done.returncode, done.stdout, done.stderr)
