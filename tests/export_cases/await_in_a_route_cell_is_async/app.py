"""Web app of the notebook notebook.ipynb, exported by Werkbook."""

# /// script
# requires-python = ">=3.11"
# dependencies = [
#     "werkbook[async]>=0.1,<0.2",
# ]
# ///

from werkbook import App

app = App()


@app.get("/")
async def index():
    import asyncio

    await asyncio.sleep(0)
    return "waited"


if __name__ == "__main__":
    app.run()
