"""Protocol versions: minimum_version, maximum_version, OP_NO_TLSv1_*, and what happens without a common one."""
