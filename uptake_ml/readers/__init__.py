"""From files to studies: ``find_studies`` groups files, cheaply; ``open_study`` reads one group."""

from uptake_ml.readers.opening import open_study
from uptake_ml.readers.sources import StudySource, find_studies

__all__ = ["StudySource", "find_studies", "open_study"]
