"""Which pattern of uptake a nuclear-medicine scan shows, how sure that is, and what it can mean.

Research and teaching software: not a medical device and never a diagnosis.
"""

__version__ = "0.1.0"
