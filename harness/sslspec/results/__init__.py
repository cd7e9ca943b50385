"""What came of a run, kept: the result file and its columns, several made one, what is said of a result in words."""
