"""Bone scans of a body whose bones hang on an armature of frames, as signed distances."""
