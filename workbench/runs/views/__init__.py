"""Pages of the desk: home, start a run, the run, and the review desk."""
