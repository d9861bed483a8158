"""Grades notebooks without trusting them.

A submission runs in a sandbox (`sandbox`, `worker`), which sees neither tests nor other students'
work.  Values cross its border as data (`values`) and are judged outside (`checks`).
"""
