"""The report site: result files in, a folder of static pages, data for programs and badges out.

``site.write`` is the way in. Results are read once, in order, a scenario at a time; pages are written as their scenario
goes by, so that a million results need no more memory than one scenario. Nothing here runs or judges a scenario.
"""
