"""Independent simulator of planar whole-body bone scans."""
