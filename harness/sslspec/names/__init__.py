"""What a module has of ssl, name by name: described in a child, compared with another module or with what was recorded.

`facts`, `calls` and `objects` ask a module and run in the child; `differences` and `tables` compare and print what they
found, and know no module. What a module does on the wire is the scenarios' business.
"""
