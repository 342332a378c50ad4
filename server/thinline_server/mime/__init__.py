"""Mail as bytes becomes mail as a value: what a list shows, a page to read, files, and what is special about it.

`values` is what comes out, and all that the server itself imports; the rest runs in workers. `bounds` holds every
number, `structure` cuts the bytes into parts before anything is parsed, `fields` reads headers with the standard
library behind them, `charsets` and `transfer` decode, `body` chooses what is to be read, `reading` puts it together.
"""
