"""Planar bone scans drawn as a cloud of anisotropic three-dimensional Gaussians."""
