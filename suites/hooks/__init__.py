"""Private names on which the standard library's own modules and other libraries lean; nothing here is promised."""
