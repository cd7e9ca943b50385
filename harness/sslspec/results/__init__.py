"""What came of a run, kept: the result file, its columns, and what is said of a result in words."""
