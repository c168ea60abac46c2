"""The verbs of the command line: ``parser`` describes them, one module each does the work.

A verb's module has ``run(args) -> int``, which returns the exit status; it is imported when the
verb is used.
"""

from uptake_ml.errors import UptakeError


class UsageError(UptakeError):
    """The command line asks for something that cannot be done as asked."""
