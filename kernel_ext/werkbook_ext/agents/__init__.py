"""What programs that edit notebooks ask of the live app: routes, requests, failures.

`tools` answers inside the kernel, in text; `cell_failures` remembers which cells
failed. Outside of it, `open_kernels` finds the kernels of notebooks, `own_run` runs a
notebook that no kernel has, and `mcp_server` hands the answers on (Model Context
Protocol). `docs/howto/agents.md` is the guide.

Imports the magics and everything below; only `loading` and the command line import it.
"""
