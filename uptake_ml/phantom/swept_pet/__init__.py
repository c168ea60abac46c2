"""FDG-PETs of the swept body: organs and bones in SUV on voxels."""
