"""Builds every example and runs its own tests: `make prove`. The exit status is 1 when any of them fails."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
ARCHITECT = [sys.executable, "-c", "import sys; from backend_architect.cli import main; sys.exit(main())"]


def main() -> int:
    """Return 1 when a test of an example fails."""
    failed = [design.parent.name for design in sorted(ROOT.glob("examples/*/backend.yaml")) if not _holds(design)]
    print(f"failed: {', '.join(failed)}" if failed else "every example holds")
    return int(bool(failed))


def _holds(design: Path) -> bool:
    with tempfile.TemporaryDirectory(prefix="architect-prove-") as place:
        folder = Path(place) / design.parent.name
        subprocess.run([*ARCHITECT, "build", str(folder), "--design", str(design)], check=True)
        return subprocess.run([sys.executable, "-m", "pytest", "-q"], cwd=folder, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
