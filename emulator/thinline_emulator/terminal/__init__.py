"""The face: a handset in a terminal, drawn with prompt_toolkit.

It looks at a handset and presses its keys; a handset knows nothing of it. Everything but `face` and `panes` is pure.
"""
