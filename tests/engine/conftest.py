"""The engine's tests share helpers; pytest's importlib mode needs to be told where they are."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
