"""The names of the module and how they hang together: classes, enumerations, constants, flags."""
