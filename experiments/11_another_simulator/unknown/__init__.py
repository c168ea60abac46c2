"""PETs of the bones of `uptake_ml.phantom.framed`, with marrow and organs of their own."""
