"""FDG-PET volumes drawn as stacks of cross-sections: contours filled slice by slice."""
