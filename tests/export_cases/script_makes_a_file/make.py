import json
import sys

with open("prices.json", "w") as file:
    json.dump({"cake": int(sys.argv[1])}, file)
