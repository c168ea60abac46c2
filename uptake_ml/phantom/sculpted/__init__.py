"""A fourth body, of signed distances filled into voxels, with a camera of its own."""
