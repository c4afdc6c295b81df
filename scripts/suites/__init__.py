"""The test suites: which there are, what each needs, and how they run side by side.

`make test` runs all that can run on this machine. See CONTRIBUTING.md.
"""
