// The notebook that the launcher's card "Web app" opens.

const CELLS = [
  [
    "markdown",
    "# A web app\n\nRun the cells from top to bottom. Change one and run it again: the page below follows.",
  ],
  [
    "code",
    '%load_ext werkbook\nfrom werkbook import App, redirect, render_template, request, url_for\n\napp = App("guests")\nguests = ["Ada"]',
  ],
  [
    "code",
    '%%template guests.html\n<h1>{{ guests|length }} in the book</h1>\n<ul>{% for name in guests %}<li>{{ name }}</li>{% endfor %}</ul>\n<form method="post"><input name="name"><button>Sign</button></form>',
  ],
  ["code", '%%route GET /\nrender_template("guests.html", guests=guests)'],
  [
    "code",
    '%%route POST /\nguests.append(request.form["name"])\nredirect(url_for("index"))',
  ],
  ["code", "%browse /"],
];

/** Write the notebook into a folder and open it. */
export async function openStartingNotebook(app, folder) {
  const { contents } = app.serviceManager;
  const { path } = await contents.newUntitled({ path: folder, type: "notebook" });
  const content = startingNotebook();
  await contents.save(path, { type: "notebook", format: "json", content });
  return app.commands.execute("docmanager:open", { path, factory: "Notebook" });
}

function startingNotebook() {
  const cells = CELLS.map(([type, source], number) => {
    const cell = { cell_type: type, id: `start-${number}`, metadata: {}, source };
    return type === "code" ? { ...cell, execution_count: null, outputs: [] } : cell;
  });
  const kernelspec = {
    display_name: "Python 3 (ipykernel)",
    language: "python",
    name: "python3",
  };
  return { cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
}
