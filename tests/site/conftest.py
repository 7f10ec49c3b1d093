"""The tools of the documentation can be imported."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT / "docs" / "tools"), str(ROOT / "tests" / "course")]
