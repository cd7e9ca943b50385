"""What passes on the wire while a scenario runs: taken down in the child, decoded, compared and shown by `explain`.

`tap` and `plugin` run beside the scenario and know no TLS; everything else works on the file that they leave.
"""
