"""Hold a real place against the sandbox: ``python -m tests.contract``, or ``make contract``.

Both are asked the same: the requests of the referee (``tests/recipe``) and some that are refused.
What differs is told as a table. Whatever is made on the way is removed again.
"""
