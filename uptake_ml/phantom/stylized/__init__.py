"""Another body, of ellipsoids and capsules, so that what is learnt hangs on no one skeleton."""
