"""The command ``uptake-ml``: parses, runs one verb, turns an error into one line and a status.

Nothing at module level here or in the parser imports numpy, so that ``--help`` answers at once.
"""

from __future__ import annotations

import importlib
import os
import sys

from uptake_ml.commands import UsageError
from uptake_ml.commands.parser import build_parser
from uptake_ml.errors import ContextError, UptakeError

NOT_DONE, WRONG_USAGE, INTERRUPTED = 1, 2, 130


def main(argv: list[str] | None = None) -> int:
    """Run the command line and return its exit status.

    0: done, and every study is labelled or indeterminate.  1: a study was rejected or failed, or
    the work could not be done.  2: wrong usage.  130: interrupted.
    """
    args = build_parser().parse_args(argv)
    try:
        status = importlib.import_module(f"uptake_ml.commands.{args.verb}").run(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        return _close_stdout()
    except KeyboardInterrupt:
        return _fail(args, "interrupted", INTERRUPTED)
    except (UsageError, ContextError) as error:
        return _fail(args, str(error), WRONG_USAGE)
    except (UptakeError, OSError) as error:
        return _fail(args, str(error), NOT_DONE)
    except Exception as error:  # a mistake of ours: still one line, the traceback on request
        message = f"unexpected {type(error).__name__}: {error}; --debug shows where"
        return _fail(args, message, NOT_DONE)


def _fail(args, message: str, status: int) -> int:
    if args.debug:
        import traceback

        traceback.print_exc()
    print(f"uptake-ml {args.verb}: {' '.join(message.split())}", file=sys.stderr)
    return status


def _close_stdout() -> int:
    # The reader went away (``| head``); without this the interpreter complains again at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return NOT_DONE
