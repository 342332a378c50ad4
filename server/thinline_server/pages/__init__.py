"""Making pages: HTML and plain text become the bounded blocks that a handset shows (spec PAGE).

`writer` keeps the bounds and cuts a page into pieces, `html` walks what a browser's parser makes of HTML, `plain` finds
paragraphs, quotes and links in plain text. It runs in workers: what is read here was written by strangers.
"""
