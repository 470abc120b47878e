"""ASGI apps, served by uvicorn in a background thread of this process.

What a server does for a WSGI app holds for these: the same gates let requests in, the
same exchanges note them, what is mounted beside an app answers beside these, too.
`door` is the ASGI app that uvicorn serves, `uvicorn_engine` the thread with its event
loop, which stands where `http.engine` stands for WSGI. `Server.run_asgi` runs a
coroutine there: ``server.run_asgi(app(scope, receive, send))``.
"""
