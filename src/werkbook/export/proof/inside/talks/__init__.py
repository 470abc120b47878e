"""What is said on an app's WebSockets: heard while cells run, and said again.

`talk_recorder` hears what cells and an app say to each other, `talk` is that as data,
and `memory` answers the same without the app. `repeating` says it again to another
app, on a line that `opening` opens; `client_line` is what `asgi_line` and `socket_line`
have in common. Imported by the clean processes' other modules alone.
"""
