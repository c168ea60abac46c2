"""A second simulator of whole-body scans, drawn from capsules and ellipsoids alone."""
