"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "bottle>=0.13,<0.14",
# ]
# ///

from bottle import default_app, route, template

names = []


@route("/hello/<name>")
def hello(name):
    names.append(name)
    return template("<b>{{name}}</b>", name=name)


app = default_app()


if __name__ == "__main__":
    app.run()
