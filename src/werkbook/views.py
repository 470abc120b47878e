"""Views that are classes."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, ClassVar

from .errors import WerkbookError
from .globals import current_app, request

ViewFunction = Callable[..., Any]

http_method_funcs = frozenset(
    {"get", "post", "head", "options", "delete", "put", "trace", "patch"}
)
"""The names that a method of a `MethodView` may have to answer an HTTP method."""


class UnimplementedMethodError(WerkbookError, AssertionError):
    """A `MethodView` has no method for the HTTP method that its rule let through."""


class View:
    """The base of a view that is a class; `as_view` makes the view function.

    ```python
    class Hello(View):
        def dispatch_request(self, name):
            return f"Hello, {name}!"

    app.add_url_rule("/hello/<name>", view_func=Hello.as_view("hello"))
    ```
    """

    methods: ClassVar[Collection[str] | None] = None
    """The HTTP methods of the view; None: as a view function's."""

    provide_automatic_options: ClassVar[bool | None] = None
    """Whether OPTIONS is answered without the view; None: as a view function's."""

    decorators: ClassVar[list[Callable[..., Any]]] = []
    """Applied to the view function in this order; the first is the innermost."""

    init_every_request: ClassVar[bool] = True
    """Make a new object for each request; False: one object serves all of them."""

    def dispatch_request(self) -> Any:
        """Answer a request; gets the rule's variables as keyword arguments."""
        raise NotImplementedError

    @classmethod
    def as_view(cls, name: str, *class_args: Any, **class_kwargs: Any) -> ViewFunction:
        """Make a view function.

        Args:
            name: The function's name, and so the endpoint unless one is given.
            class_args: Given to the class when it is instantiated.
            class_kwargs: The same.
        """
        # Flask-Injector reads `class_args` and `class_kwargs` out of the closure.
        if cls.init_every_request:

            def every_time(**kwargs: Any) -> Any:
                # Of the function that is returned below, decorators included.
                instance = view.view_class(*class_args, **class_kwargs)
                return current_app.ensure_sync(instance.dispatch_request)(**kwargs)

            view: Any = every_time
        else:
            shared = cls(*class_args, **class_kwargs)

            def once(**kwargs: Any) -> Any:
                return current_app.ensure_sync(shared.dispatch_request)(**kwargs)

            view = once
        if cls.decorators:
            view.__name__ = name
            view.__module__ = cls.__module__
            for decorator in cls.decorators:
                view = decorator(view)
        # `view_class` tells where the view comes from, and may be replaced in a test.
        view.view_class = cls
        view.__name__ = name
        view.__doc__ = cls.__doc__
        view.__module__ = cls.__module__
        view.methods = cls.methods
        view.provide_automatic_options = cls.provide_automatic_options
        return view  # type: ignore[no-any-return]  # decorators may return anything


class MethodView(View):
    """A view whose methods `get`, `post`, ... answer the HTTP methods of that name.

    ```python
    class Counter(MethodView):
        def get(self):
            return str(session.get("count", 0))

        def post(self):
            session["count"] = session.get("count", 0) + 1
            return redirect(url_for("counter"))

    app.add_url_rule("/counter", view_func=Counter.as_view("counter"))
    ```
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "methods" in cls.__dict__:
            return
        methods = {name.upper() for name in http_method_funcs if hasattr(cls, name)}
        for base in cls.__bases__:
            methods.update(getattr(base, "methods", None) or ())
        if methods:
            cls.methods = methods

    def dispatch_request(self, **kwargs: Any) -> Any:
        """Call the method of the request's HTTP method; `get` stands in for HEAD.

        Raises:
            UnimplementedMethodError: There is none.
        """
        method = getattr(self, request.method.lower(), None)
        if method is None and request.method == "HEAD":
            method = getattr(self, "get", None)
        if method is None:
            name = type(self).__name__
            raise UnimplementedMethodError(
                f"Unimplemented method {request.method!r} in the view class {name!r}.",
                why="its rule lets the method through, but the class has no "
                f"'{request.method.lower()}'.",
                fix=f"write def {request.method.lower()}(self): in {name}, or take "
                f"the method out of {name}.methods.",
            )
        calls = getattr(request.url_rule, "method_calls", None)
        typed_call = None if calls is None else calls.find(method)
        if typed_call is not None:
            return typed_call(**kwargs)
        return current_app.ensure_sync(method)(**kwargs)
