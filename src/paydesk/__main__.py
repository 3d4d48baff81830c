"""`python -m paydesk`: the same as ./paydesk."""

import sys

from paydesk.cli import main

if __name__ == "__main__":
    sys.exit(main())
