"""Pictures for handsets: any part that is one, as a raster no larger than the screen that asks (spec PICT).

`darkroom` has it made, in a worker, and keeps what was made lately; `develop` is what the worker does, and the only
module with a decoder in it; `order` is what passes between the two.

A service needs nothing for its pictures to be shown: whatever part an item has can be asked for. A contact's photo, a
mail's attachment and a page's image go the same way. On the handset an app wishes for one with
`thinline_emulator.asks.GetPicture`, and puts the raster that its desk then has on its canvas.
"""
