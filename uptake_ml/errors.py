"""The one tree of errors; a message says what was required, what was found, what to do next."""


class UptakeError(Exception):
    """Base of every error that a user can cause and mend."""


class ReadError(UptakeError):
    """A file could not be read as a study."""


class NotAStudyError(ReadError):
    """A file was read, but it holds no image of a kind this program knows."""


class ModelError(UptakeError):
    """A model is missing, was changed, is of another version or is not trusted."""


class KnowledgeError(UptakeError):
    """The tables of conditions and citations break their own rules."""


class ContextError(UptakeError):
    """The clinical context holds an unknown key or a value of the wrong kind."""


class SimulationError(UptakeError):
    """A case could not be drawn or rendered."""


class MissingExtraError(UptakeError):
    """An optional package is needed that is not installed."""
