"""A body swept along splines: sections that change from station to station, filled into voxels."""
