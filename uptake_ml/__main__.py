"""``python -m uptake_ml`` is ``uptake-ml``."""

import sys

from uptake_ml.cli import main

if __name__ == "__main__":
    sys.exit(main())
