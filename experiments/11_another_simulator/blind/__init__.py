"""Planar bone scans drawn stroke by stroke: a blind test that shares nothing with the phantoms."""
