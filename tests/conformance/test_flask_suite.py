"""Flask's own tests pass against Werkbook, as many as the file here says."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("flask_suite.py")


@pytest.mark.timeout(900)
def test_flask_suite() -> None:
    """Needs PyPI the first time; later runs use `.cache/flask-suite`."""
    done = subprocess.run(
        [sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-4000:]}"
