"""The one command, `thinline`, and what stands behind it: the laboratory, the bench, the demo and the generators."""
