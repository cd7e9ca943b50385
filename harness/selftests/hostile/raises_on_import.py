"""Cannot be imported, and says so on two lines."""

raise RuntimeError("no library\nof this name")
