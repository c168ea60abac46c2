"""A simulator of swept cross-sections that shares nothing with those that models learn from."""
